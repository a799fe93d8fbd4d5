"""A small HTTP server on loopback for tests/network/run."""
import gzip
import http.server
import threading
import time
import urllib.parse


def server_time(text):
    return time.strptime(text, '%a, %d %b %Y %H:%M:%S GMT')


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    tries = {}

    def log_message(self, *args):
        pass

    def date_time_string(self, timestamp=None):
        return 'Thu, 01 Jan 1970 00:00:00 GMT'

    def version_string(self):
        return 'test'

    def answer(self, status, body=b'', headers=(), length=True):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if length:
            self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def echo(self):
        n = int(self.headers.get('Content-Length') or 0)
        body = self.rfile.read(n)
        lines = [f'{self.command} {self.path}'] + sorted(f'{k}: {v}' for k, v in self.headers.items() if k.lower() != 'host')
        return '\n'.join(lines).encode() + b'\n\n' + body + b'\n'

    def handle_any(self):
        path, _, query = self.path.partition('?')
        part = path.strip('/').split('/')
        if part[0] == 'echo':
            return self.answer(200, self.echo(), [('Content-Type', 'text/plain')])
        self.rfile.read(int(self.headers.get('Content-Length') or 0))
        if part[0] == 'status':
            return self.answer(int(part[1]), f'this is {part[1]}\n'.encode())
        if part[0] == 'cookie':        # /cookie/...?COOKIE&COOKIE: sets them, says which it was sent; "to=URL" redirects
            told = [urllib.parse.unquote(c, 'latin-1') for c in query.split('&') if c]
            to = [('Location', c[3:]) for c in told if c.startswith('to=')]
            body = f"{path} {self.headers.get('Cookie')}\n".encode('latin-1')
            return self.answer(302 if to else 200, body, to + [('Set-Cookie', c) for c in told if not c.startswith('to=')])
        if part[0] == 'dated':         # /dated/SIZE: last modified at the start of 2020; ?ignore: whatever is asked
            last = 'Wed, 01 Jan 2020 00:00:00 GMT'
            since = self.headers.get('If-Modified-Since')
            if since and query != 'ignore' and server_time(since) >= server_time(last):
                return self.answer(304)
            return self.answer(200, b'd' * int(part[1]), [('Last-Modified', last if query != 'bad' else 'some day')])
        if part[0] == 'redirect':      # /redirect/STATUS?TARGET
            return self.answer(int(part[1]), b'moved\n', [('Location', query)])
        if part[0] == 'hops':
            n = int(part[1])
            return self.answer(302, b'', [('Location', f'/hops/{n - 1}')]) if n else self.answer(200, b'there\n')
        if part[0] == 'gzip':
            coded = 'gzip' in (self.headers.get('Accept-Encoding') or '')
            body = b'plain text\n' * 20
            return self.answer(200, gzip.compress(body) if coded else body, [('Content-Encoding', 'gzip')] if coded else [])
        if part[0] == 'flaky':         # /flaky/KEY/N: fails N times
            seen = Handler.tries.get(path, 0)
            Handler.tries[path] = seen + 1
            return self.answer(503 if seen < int(part[2]) else 200, f'try {seen}\n'.encode())
        if part[0] == 'slow':
            time.sleep(float(part[1]))
            return self.answer(200, b'at last\n')
        if part[0] == 'drip':
            self.send_response(200)
            self.send_header('Transfer-Encoding', 'chunked')
            self.end_headers()
            try:
                for i in range(int(part[1])):
                    self.wfile.write(b'2\r\n%d\n\r\n' % (i % 10))
                    self.wfile.flush()
                    time.sleep(0.02)
                self.wfile.write(b'0\r\n\r\n')
            except OSError:
                pass
            return None
        if part[0] == 'big':
            return self.answer(200, b'x' * int(part[1]))
        if part[0] == 'secret':        # says back what it was told, in pieces
            value = (self.headers.get('Authorization') or 'none').encode()
            self.send_response(200)
            self.send_header('X-Seen', value.decode())
            self.send_header('Transfer-Encoding', 'chunked')
            self.end_headers()
            for i in range(0, len(value), 3):
                piece = value[i:i + 3]
                self.wfile.write(b'%x\r\n%s\r\n' % (len(piece), piece))
                self.wfile.flush()
                time.sleep(0.005)
            self.wfile.write(b'0\r\n\r\n')
            return None
        if part[0] == 'file.txt':
            body = b'0123456789abcdef\n'
            wanted = self.headers.get('Range')
            if wanted:
                first, last = wanted.split('=')[1].split('-')
                a = int(first) if first else len(body) - int(last)
                b = int(last) if first and last else len(body) - 1
                if a >= len(body):
                    return self.answer(416, b'', [('Content-Range', f'bytes */{len(body)}')])
                return self.answer(206, body[a:b + 1], [('Content-Range', f'bytes {a}-{b}/{len(body)}')])
            return self.answer(200, body, [('Content-Type', 'text/plain; charset=utf-8')])
        if part[0] == 'empty':
            return self.answer(200)
        return self.answer(404, b'not here\n')

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = handle_any


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass   # clients that went away


def start():
    """(server, its port)"""
    server = Server(('127.0.0.1', 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, server.server_address[1]
