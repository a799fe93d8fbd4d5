"""A small HTTP server on loopback for tests/network/run."""
import gzip
import http.server
import threading
import time
import urllib.parse


# /site/...: pages that link to each other.
SITE = {
    '': ('text/html', '<html><head><title>t</title><link rel="stylesheet" href="css/main.css"><link rel=next href=b.html>'
         '<style>body { background: url(img/back.png) }</style></head><body style="background: url(\'img/body.png\')">\n'
         '<a href="a.html">a</a> <a href=b.html#part>b</a> <A HREF=\'sub/\'>sub</A> <a href="/site/sub/deep/x.html?q=1&amp;r=2">x</a>\n'
         '<a href="/outside.html">out</a> <a href="mailto:x@y">m</a> <a href="#top">top</a> <a href="gone.html">gone</a> <a href="data.txt">data</a>\n'
         '<img src="img/one.png" alt=1><img src="img/one.png" srcset="img/two.png 2x, img/three.png 3x"><!-- <a href="hidden.html">no</a> -->\n'
         '<form action="send"><input type=image src="img/in.png"></form><script src="js/s.js"></script><a href="http://127.0.0.1:1/foreign.html">f</a></body></html>\n'),
    'a.html': ('text/html', '<a href="./">home</a><a href="c.html">c</a><a href="jump">jump</a><iframe src="frame.html"></iframe>'),
    'b.html': ('text/html; charset=utf-8', '<base href="/site/sub/"><a href="y.html">y</a><img src="../img/one.png"><meta http-equiv=refresh content="5; URL=../c.html">'),
    'c.html': ('text/html', '<a href="d.html">d</a>'),
    'd.html': ('text/html', '<a href="e.html">e</a>'),
    'e.html': ('text/html', '<a href="f.html">f</a>'),
    'f.html': ('text/html', '<a href="g.html">g</a>'),
    'g.html': ('text/html', '<a href="h.html">h</a>'),
    'h.html': ('text/html', 'end'),
    'frame.html': ('text/html', '<a href="c.html">c</a><img src=img/frame.png>'),
    'page': ('text/html', '<a href="page?n=1">n</a><a href="data.txt">d</a>'),
    'page?n=1': ('text/html', '<a href="page">p</a> <a href="a%20b.html">ab</a>'),
    'a%20b.html': ('text/html', 'blank <a href="page?n=1">p</a>'),
    'sub/': ('text/html', '<a href="../a.html">up</a><a href="y.html">y</a><a href="deep/x.html?q=1&r=2">x</a><a href="/site/">root</a>'),
    'sub/y.html': ('text/html', 'y <a href="z.txt">z</a>'),
    'sub/z.txt': ('text/plain', 'z\n'),
    'sub/deep/x.html?q=1&r=2': ('text/html', '<a href="../y.html">y</a><a href="w.html">w</a>'),
    'sub/deep/w.html': ('text/html', '<a href="private/p.html">p</a>'),
    'sub/deep/private/p.html': ('text/html', 'p'),
    'css/main.css': ('text/css', '@import "more.css"; /* url(no.png) */ h1 { background: url( "../img/css.png" ) }\n'),
    'css/more.css': ('text/css', 'h2 { background: url(../img/one.png) }\n'),
    'js/s.js': ('text/javascript', 'js\n'),
    'data.txt': ('text/plain', 'data\n'),
    'nofollow.html': ('text/html', '<meta name="robots" content="noindex,nofollow"><a href="a.html">a</a><img src="img/one.png">'),
    'named': ('text/plain', 'named\n'),
}


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
        if part[0] == 'site':
            name = self.path[6:]
            if name == 'jump':
                return self.answer(302, b'', [('Location', 'sub/')])
            if name.startswith('img/'):
                return self.answer(200, name.encode() + b'\n', [('Content-Type', 'image/png')])
            if name in SITE:
                kind, text = SITE[name]
                more = [('Content-Disposition', 'attachment; filename="other name.txt"')] if name == 'named' else []
                return self.answer(200, text.encode(), [('Content-Type', kind)] + more)
            return self.answer(404, b'not here\n')
        if part[0] == 'robots.txt':
            return self.answer(200, b'User-agent: *\nDisallow: /site/sub/deep/private # not this\n\nUser-agent: other\nDisallow: /\n', [('Content-Type', 'text/plain')])
        if part[0] == 'tagged':
            if self.headers.get('If-None-Match') == '"tag1"':
                return self.answer(304, b'', [('ETag', '"tag1"')])
            return self.answer(200, b'tagged\n', [('ETag', '"tag1"')])
        if part[0] == 'outside.html':
            return self.answer(200, b'<a href="/site/">in</a>', [('Content-Type', 'text/html')])
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
