"""What the tests of mounts share."""
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
tests = []
nacre = ''
jobs = 2


def test(f):
    tests.append(f)
    return f


def equal(got, want):
    if got != want:
        raise AssertionError(f'expected {want!r}, got {got!r}')


def run(*args, env=None, timeout=60):
    """Status and output; the script's streams are one."""
    done = subprocess.run([nacre, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout,
                          env={'PATH': '/usr/bin:/bin', 'NACRE_CONFIG': '/dev/null', **(env or {})})
    return done.returncode, done.stdout


def commands():
    """Every command there is, by the names of its file; bash stands for the builtins too."""
    status, out = run('-c', 'ls /usr/bin')
    equal(status, 0)
    return out.decode().split()
