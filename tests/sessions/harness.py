"""What the tests of stored sessions share: a store of their own each, and nacre run in it."""
import contextlib
import os
import shutil
import subprocess
import tempfile

tests = []
nacre, home, kills = '', '', 0


def test(f):
    tests.append(f)
    return f


def environment():
    return {'NACRE_HOME': home, 'PATH': '/usr/bin:/bin'}


def run(*args, **kw):
    done = subprocess.run([nacre, *args], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, env=environment(), **kw)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def start(*args):
    return subprocess.Popen([nacre, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())


def ok(*args, status=0):
    got, out, err = run(*args)
    if got != status or err:
        raise AssertionError(f'{args}: status {got}, {err!r}')
    return out


def equal(got, want):
    if got != want:
        raise AssertionError(f'expected {want!r}, got {got!r}')


def fails(status, text, *args):
    got, out, err = run(*args)
    equal(got, status)
    if text not in err or err.count('\n') != 1:
        raise AssertionError(f'{args}: {err!r} does not say {text!r} in one line')


@contextlib.contextmanager
def directory():
    path = tempfile.mkdtemp()
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def another_home():
    """A store of its own for a part of a test; gives its directory."""
    global home
    with directory() as path:
        kept, home = home, path
        try:
            yield path
        finally:
            home = kept
