#!/bin/sh
# Prints the path of a Chromium for the browser tests: BANAM_CHROMIUM, else one in PATH, else, as root on a machine with
# apt, a freshly installed one. All other output goes to standard error.
set -eu

find_browser() {
	if [ -n "${BANAM_CHROMIUM:-}" ]; then
		command -v "$BANAM_CHROMIUM" && return
		echo "BANAM_CHROMIUM=$BANAM_CHROMIUM cannot be run" >&2
		exit 1
	fi
	for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
		command -v "$name" && return
	done
	return 1
}

find_browser && exit
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo 'installing chromium-headless-shell for the browser tests' >&2
	export DEBIAN_FRONTEND=noninteractive
	{ apt-get update -q && apt-get install -yq --no-install-recommends chromium-headless-shell; } >&2 </dev/null
	find_browser && exit
fi
cat >&2 <<'TEXT'
The browser tests need a Chromium and none was found. Install one of these and run make test again:
  Debian, Ubuntu:  sudo apt-get install chromium-headless-shell   (or chromium)
  others:          any Chromium or Chrome, named by BANAM_CHROMIUM=/path/to/it
TEXT
exit 1
