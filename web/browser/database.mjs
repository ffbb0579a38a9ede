// Changes the private database of a server behind its back, for what no page can do yet: over its socket, as the user who
// owns it (PostgreSQL's frontend protocol 3.0, simple queries only).
import net from 'node:net';

const startup = (settings) => {
  const body = Buffer.from(Object.entries(settings).flat().map((s) => s + '\0').join('') + '\0');
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(3 << 16, 4);
  return Buffer.concat([head, body]);
};

const query = (text) => {
  const body = Buffer.from(text + '\0');
  const head = Buffer.alloc(5);
  head.write('Q');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};

// The values of a row, all as text; an empty one for null.
function valuesOf(row) {
  const values = [];
  for (let at = 2; values.length < row.readInt16BE(0);) {
    const size = Math.max(row.readInt32BE(at), 0);
    values.push(row.subarray(at + 4, at + 4 + size).toString());
    at += 4 + size;
  }
  return values;
}

// Runs one statement in the owner's role, and gives its rows.
export async function sql(server, text) {
  const socket = net.connect(await server.socket());
  socket.write(startup({ user: 'banam_owner', database: 'banam' }));
  let rest = Buffer.alloc(0);
  let ready = 0;
  const rows = [];
  try {
    for await (const chunk of socket) {
      rest = Buffer.concat([rest, chunk]);
      for (; rest.length >= 5 && rest.length > rest.readInt32BE(1); rest = rest.subarray(1 + rest.readInt32BE(1))) {
        const kind = String.fromCharCode(rest[0]);
        if (kind === 'E') throw new Error(rest.subarray(5, 1 + rest.readInt32BE(1)).toString().replaceAll('\0', ' '));
        if (kind === 'D') rows.push(valuesOf(rest.subarray(5, 1 + rest.readInt32BE(1))));
        if (kind !== 'Z') continue;
        if (++ready === 2) return rows;
        socket.write(query(text));
      }
    }
    throw new Error('the database hung up');
  } finally {
    socket.destroy();
  }
}
