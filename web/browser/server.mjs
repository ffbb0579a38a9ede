// Starts the real binary on a data folder of its own, and can kill it and its database like a power cut would.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, chmod } from 'node:fs/promises';
import { createServer } from 'node:net';
import { existsSync } from 'node:fs';
import path from 'node:path';
import os from 'node:os';
import { promisify } from 'node:util';

const binary = process.env.BANAM_BINARY;
const seeded = process.env.BANAM_SEEDED; // where the copy of a filled data folder is kept, if anywhere

// Owners and modes stay: PostgreSQL looks at them.
const copy = (from, to) => promisify(execFile)('cp', ['-a', from, to]);

// Gives a free port below those that systems hand out by themselves: the server listens only once its data is there, and by then another test
// might have been given the port and answer in its stead.
async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const free = await new Promise((resolve) => {
      const s = createServer();
      s.once('error', () => resolve(false));
      s.listen(port, '127.0.0.1', () => s.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

export class Server {
  static async start() {
    const s = new Server();
    const base = existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();
    s.data = await mkdtemp(path.join(base, 'banam-browser-'));
    await chmod(s.data, 0o755);
    s.port = await freePort();
    s.url = `http://127.0.0.1:${s.port}`;
    s.sessions = new Map();
    try {
      await s.fill();
    } catch (e) {
      await s.stop();
      throw e;
    }
    return s;
  }

  // Launches on the demo district. To make that takes a while, so the first server leaves a copy for those after it.
  async fill() {
    if (seeded && existsSync(seeded)) await copy(path.join(seeded, '.'), this.data);
    await this.launch();
    if (!seeded || existsSync(seeded)) return;
    await this.halt();
    await copy(this.data, seeded);
    await this.launch();
  }

  // Gives the cookies of an account, which signs in when it is asked for first.
  session(login) {
    if (!this.sessions.has(login)) this.sessions.set(login, this.signIn(login));
    return this.sessions.get(login);
  }

  async signIn(login) {
    const r = await fetch(this.url + '/sign-in', {
      method: 'POST', redirect: 'manual', body: new URLSearchParams({ login, password: 'BaNam-demo-2020' }), headers: { Origin: this.url },
    });
    assert.equal(r.status, 303, `${login} is let in`);
    return r.headers.getSetCookie().map((c) => {
      const [name, value] = c.split(';')[0].split('=');
      return { name, value, url: this.url };
    });
  }

  async launch() {
    this.output = '';
    this.process = spawn(binary, ['serve'], {
      env: { ...process.env, BANAM_ADDR: `127.0.0.1:${this.port}`, BANAM_DATA: this.data, BANAM_DEMO: '1', BANAM_DATABASE_URL: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk) => { this.output = (this.output + chunk).slice(-20000); };
    this.process.stdout.on('data', keep);
    this.process.stderr.on('data', keep);
    this.exited = new Promise((resolve) => this.process.once('exit', resolve));
    const started = Date.now();
    for (;;) {
      try {
        const r = await fetch(this.url + '/readyz');
        if (r.ok) break;
      } catch { /* not listening yet */ }
      if (this.process.exitCode !== null || Date.now() - started > 90_000) {
        throw new Error('the server did not become ready:\n' + this.output);
      }
      await new Promise((r) => setTimeout(r, 50));
    }
    return Date.now() - started;
  }

  // Gives the lines of postmaster.pid: process, folder, start, port, folder of the socket.
  async postmaster() {
    const text = await readFile(path.join(this.data, 'postgres', 'postmaster.pid'), 'utf8').catch(async () =>
      readFile(path.join(this.data, 'postgres', 'data', 'postmaster.pid'), 'utf8'));
    return text.split('\n');
  }

  // Gives the path of the database's socket.
  async socket() {
    const [, , , port, folder] = await this.postmaster();
    return path.join(folder, `.s.PGSQL.${port}`);
  }

  // Kills the application and its database at once, without any chance to tidy up, and starts again.
  async crash() {
    const pid = Number((await this.postmaster())[0]);
    this.process.kill('SIGKILL');
    try { process.kill(pid, 'SIGKILL'); } catch { /* it died with its parent */ }
    await this.exited;
    return this.launch();
  }

  async halt() {
    this.process.kill('SIGTERM');
    await this.exited;
  }

  async stop() {
    await this.halt();
    await rm(this.data, { recursive: true, force: true });
  }
}
