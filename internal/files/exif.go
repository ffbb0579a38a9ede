package files

import (
	"bytes"
	"encoding/binary"
)

// orientation reads the EXIF orientation of a JPEG; 1, as it is, where there is none or it cannot be read.
func orientation(data []byte) int {
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		size := int(binary.BigEndian.Uint16(data[at+2:]))
		end := at + 2 + size
		if data[at+1] == 0xda || size < 2 || end > len(data) { // the picture itself begins, or nonsense
			return 1
		}
		if data[at+1] == 0xe1 {
			if tiff, ok := bytes.CutPrefix(data[at+4:end], []byte("Exif\x00\x00")); ok {
				return tiffOrientation(tiff)
			}
		}
		at = end
	}
	return 1
}

// tiffOrientation finds the entry 0x0112 in the first directory of a TIFF head.
func tiffOrientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 1
	}
	entries := uint64(order.Uint16(tiff[at:]))
	for i := range entries {
		entry := at + 2 + 12*i
		if entry+12 > uint64(len(tiff)) {
			return 1
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			return int(order.Uint16(tiff[entry+8:]))
		}
	}
	return 1
}
