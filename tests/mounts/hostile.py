"""A directory made to be mounted, full of ways out of it, and what must not be reached beside it."""
import ctypes
import fcntl
import os
import shutil
import socket
import stat
import struct
import termios
import time

import archives

MARK = 'nacre5ecretMARKER'
_libc = ctypes.CDLL(None, use_errno=True)

# Names that a careless comparison could take for "..", for a separator or for each other.
ODD_NAMES = ['...', '.. ', ' ..', '..\\outside', '\u2025', '\uff0e\uff0e', '..\u200b', '..\u2215outside', '\uff0e\uff0e\uff0foutside',
             'e\u0301', '\xe9', '\u212a', 'K', 'k', 'SECRET', 'Secret', '-rf', '-', '~', '$(cat rel)', 'new\nline', 'tab\tname', '%2e%2e%2foutside', '*']
ODD_BYTES = [b'\xff..', b'\xc0\xae\xc0\xae', b'..\xc0\xafoutside', b'\xed\xb2\x80']


def links(outside):
    """Name and target of each symbolic link; `outside` is an absolute path of the host."""
    deep = '../' * 12
    return {
        'abs': outside + '/secret', 'rel': '../outside/secret', 'up': deep + outside[1:] + '/secret',
        'absdir': outside, 'dir': '../outside', 'dirslash': '../outside/', 'dotdir': './sub/../../outside/.',
        'chain1': 'chain2', 'chain2': 'sub/chain3', 'sub/chain3': '../chain4', 'chain4': 'dir/secret',
        'loop1': 'loop2', 'loop2': 'loop1', 'self': 'self', 'selfdir': 'selfdir/x',
        'here': '.', 'sub/parent': 'deep',   # one loop only: what follows links walks two of them for ever
        'dangling': '../outside/created', 'danglingabs': outside + '/created', 'danglingdir': '../outside/createddir',
        'root': '/proc/self/root' + outside + '/secret', 'root1': '/proc/1/root' + outside, 'cwd': '/proc/self/cwd/../outside/secret',
        'fd': '/proc/self/fd/3', 'fdup': '/proc/self/fd/0/../../outside/secret', 'exe': '/proc/self/exe', 'devfd': '/dev/fd/3/../outside/secret',
        'wide': '\uff0e\uff0e/outside/secret', 'case': '../OUTSIDE/secret', 'empty': '../outside//.//secret', 'long': './' * 1000 + '../outside/secret',
        'tofifo': 'fifo', 'todev': 'dev', 'inner': 'sub/file',
    }


class Hostile:
    """BASE/tree is what is mounted; BASE/outside is beside it."""

    def __init__(self, base):
        self.base = base
        self.tree, self.outside = base + '/tree', base + '/outside'
        self.fifo = self.socket = None

    # What lies outside differs in every respect between the variants, but for how it is reached.
    def make_outside(self, variant):
        shutil.rmtree(self.outside, ignore_errors=True)
        os.mkdir(self.outside)
        self._write('outside/secret', MARK + variant * (5 if variant == 'a' else 900) + '\n#!/bin/sh\necho ' + MARK + '\n', 0o755)
        if variant == 'a':
            os.makedirs(self.outside + '/sub/deep')
            self._write('outside/sub/deep/file', MARK)
            self._write('outside/f', MARK + ' in the race\n')
            os.symlink('secret', self.outside + '/link')
        else:
            self._write('outside/sub', MARK)
            self._write('outside/only' + MARK, 'x')
            os.mkdir(self.outside + '/f')
            os.mkdir(self.outside + '/link')
        self._age(self.outside)

    def make_tree(self):
        self.close()
        if os.path.isdir(self.tree):
            os.chmod(self.tree, 0o755)
            self._empty(self.tree)
        else:
            os.mkdir(self.tree)
        os.makedirs(self.tree + '/sub/deep/er')
        for name in ('plain', 'sub/file', 'sub/deep/er/file'):
            self._write('tree/' + name, f'inside {name}\nsecond line\n')
        os.link(self.tree + '/plain', self.tree + '/hard')
        for name in ODD_NAMES:
            self._write('tree/' + name, 'odd\n')
        for name in ODD_BYTES:
            with open(os.fsencode(self.tree) + b'/' + name, 'wb') as f:
                f.write(b'odd bytes\n')
        self.make_links()
        os.mkfifo(self.tree + '/fifo')
        self.fifo = os.open(self.tree + '/fifo', os.O_RDWR | os.O_NONBLOCK)
        os.write(self.fifo, MARK.encode())
        self.socket = socket.socket(socket.AF_UNIX)
        here = os.getcwd()
        os.chdir(self.tree)   # a socket's path has a hundred bytes at most
        self.socket.bind('sock')
        os.chdir(here)
        self.socket.listen()
        self.socket.setblocking(False)
        if os.geteuid() == 0:
            try:
                os.mknod(self.tree + '/dev', 0o666 | stat.S_IFCHR, os.makedev(1, 9))
            except PermissionError:
                pass   # a container that may not: one attack less
        archives.write(self.tree, self.outside)
        self._age(self.tree, time.time())

    def make_links(self):
        for name, target in links(self.outside).items():
            os.symlink(target, f'{self.tree}/{name}')

    def _write(self, name, text, mode=0o644):
        with open(f'{self.base}/{name}', 'w') as f:
            f.write(text)
        os.chmod(f'{self.base}/{name}', mode)

    @staticmethod
    def _empty(top):
        for e in os.scandir(os.fsencode(top)):
            if e.is_dir(follow_symlinks=False):
                shutil.rmtree(e.path)
            else:
                os.unlink(e.path)

    @staticmethod
    def _age(top, read=1_000_000_000):
        """Last read before it was written: so the next read shows, also on a file system mounted with relatime. Or last
        read now, so that the next one does not show."""
        for at, dirs, files in os.walk(os.fsencode(top), topdown=False):
            for name in files + [d for d in dirs if os.path.islink(os.path.join(at, d))] + [b'']:
                path = os.path.join(at, name) if name else at
                os.utime(path, (read, 1_500_000_000), follow_symlinks=False)

    def close(self):
        if self.fifo is not None:
            os.close(self.fifo)
            self.socket.close()
            self.fifo = None

    def state(self):
        """All there is to see of what lies outside, when it was last read too; looking does not count as reading."""
        out = []

        def look(path):
            s = os.lstat(path)
            content = None
            if not stat.S_ISLNK(s.st_mode):
                fd = os.open(path, os.O_RDONLY | os.O_NOATIME)
                content = sorted(os.listdir(fd)) if stat.S_ISDIR(s.st_mode) else os.read(fd, 1 << 20)
                os.close(fd)
            out.append((path, s.st_ino, oct(s.st_mode), s.st_nlink, s.st_uid, s.st_gid, s.st_size, s.st_atime_ns, s.st_mtime_ns, s.st_ctime_ns, content))
            if stat.S_ISDIR(s.st_mode):
                for name in content:
                    look(path + '/' + name)

        look(self.outside)
        return out, sorted(os.listdir(self.base))

    def check_special(self):
        """Nobody read the FIFO or came to the socket."""
        waiting = struct.unpack('i', fcntl.ioctl(self.fifo, termios.FIONREAD, b'\0' * 4))[0]
        if waiting != len(MARK):
            raise AssertionError(f'the FIFO of the host holds {waiting} bytes')
        try:
            self.socket.accept()
            raise AssertionError('somebody connected to the socket of the host')
        except BlockingIOError:
            pass


def exchange(one, other):
    """Swaps two names in one step: renameat2(2)."""
    if _libc.renameat2(-100, os.fsencode(one), -100, os.fsencode(other), 2) != 0:
        raise OSError(ctypes.get_errno(), 'renameat2')
