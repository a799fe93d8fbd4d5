#!/usr/bin/env python3
"""The command line as a user meets it: flags, usage errors, exit statuses, streams,
mounts, and the interactive shell on a pseudo-terminal.

    tests/cli/cli_test.py build/release/nacre

Ends with "N passed, N failed". Waits are bounded; what is started is killed by its pid.
"""
import json
import os
import pathlib
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time

NACRE = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'build/release/nacre')
TESTS = []


def test(f):
    TESTS.append(f)
    return f


def nacre(*args, stdin=b'', env=None, cwd=None):
    run = subprocess.run([NACRE, *args], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, cwd=cwd, timeout=60)
    return run.returncode, run.stdout.decode(errors='replace'), run.stderr.decode(errors='replace')


def expect(actual, wanted):
    if actual != wanted:
        raise AssertionError(f'got {actual!r}, expected {wanted!r}')


def expect_in(part, whole):
    if part not in whole:
        raise AssertionError(f'{part!r} is not in {whole!r}')


# ---------------------------------------------------------------- ways to run

@test
def command_string_with_name_and_arguments():
    expect(nacre('-c', 'echo "$0|$1|$2|$#"', 'me', 'a', 'b c'), (0, 'me|a|b c|2\n', ''))


@test
def script_file_by_relative_and_absolute_path():
    with tempfile.TemporaryDirectory() as d:
        pathlib.Path(d, 's.sh').write_text('#!/bin/bash\necho "$0 $1"\nexit 7\n')
        expect(nacre('s.sh', 'x', cwd=d), (7, 's.sh x\n', ''))
        expect(nacre(d + '/s.sh', 'x'), (7, d + '/s.sh x\n', ''))


@test
def script_file_that_is_not_there():
    expect(nacre('/no/such/script'), (127, '', 'nacre: /no/such/script: No such file or directory\n'))


@test
def script_on_standard_input():
    expect(nacre(stdin=b'echo one\nread x\ndata\necho "$x"\n'), (0, 'one\ndata\n', ''))


@test
def standard_input_is_streamed():
    p = subprocess.Popen([NACRE], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        p.stdin.write(b'read x; echo "got $x"\n')
        p.stdin.flush()
        time.sleep(0.3)
        p.stdin.write(b'hello\n')
        p.stdin.flush()
        ready, _, _ = select.select([p.stdout], [], [], 10)
        expect(bool(ready), True)   # before standard input has ended
        expect(os.read(p.stdout.fileno(), 100), b'got hello\n')
        p.stdin.close()
        expect(p.wait(10), 0)
    finally:
        p.kill()


@test
def output_streams_as_it_comes():
    p = subprocess.Popen([NACRE, '-c', 'echo first; sleep 30'], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    try:
        ready, _, _ = select.select([p.stdout], [], [], 10)
        expect(bool(ready), True)
        expect(os.read(p.stdout.fileno(), 100), b'first\n')
    finally:
        p.kill()
        p.wait()


@test
def exec_takes_one_command_and_arguments():
    expect(nacre('exec', 'echo "$1-$#" | tr a-z A-Z', 'x'), (0, 'X-1\n', ''))


# ---------------------------------------------------------------- options

@test
def help_and_version():
    code, out, err = nacre('--help')
    expect((code, err), (0, ''))
    for flag in ('--mount', '--env', '--inherit-env', '--workdir', '--timeout', '--limit', '--seed', '--json', '--dump-ast', '--version'):
        expect_in(flag, out)
    code, out, err = nacre('--version')
    expect((code, out.split()[0], err), (0, 'nacre', ''))


@test
def usage_errors_are_one_line_and_status_2():
    for args in (['--bogus'], ['-c'], ['exec'], ['--mount'], ['--mount', 'x'], ['--mount', 'a:b', '-c', ':'], ['--mount', '/no/such:/x', '-c', ':'],
                 ['--env', 'X', '-c', ':'], ['--env', '=v', '-c', ':'], ['--workdir', 'rel', '-c', ':'], ['--workdir', '/no/such', '-c', ':'],
                 ['--timeout', 'soon', '-c', ':'], ['--timeout', '-1s', '-c', ':'], ['--limit', 'memory', '-c', ':'], ['--limit', 'bogus=1', '-c', ':'],
                 ['--limit', 'steps=many', '-c', ':'], ['--limit', 'fds=99999999999', '-c', ':'], ['--seed', 'x', '-c', ':'], ['--json=1', '-c', ':']):
        code, out, err = nacre(*args)
        if code != 2 or out or err.count('\n') != 1 or not err.startswith('nacre: '):
            raise AssertionError(f'{args}: {code} {out!r} {err!r}')


@test
def nothing_of_the_hosts_environment_is_inherited():
    env = {'SECRET': 'x', 'SHOWN': 'y', 'PATH': '/bin', 'HOME': '/root', 'BASH_ENV': '/etc/passwd'}
    expect(nacre('--inherit-env', 'SHOWN', '--env', 'A=1=2', '-c', 'echo "${SECRET-none} $SHOWN $A $HOME ${BASH_ENV-none}"', env=env), (0, 'none y 1=2 /home/agent none\n', ''))


@test
def timeout_ends_with_124_and_keeps_output():
    code, out, err = nacre('--timeout', '200ms', '-c', 'echo before; while :; do :; done')
    expect((code, out), (124, 'before\n'))
    expect_in('limit wall_ms', err)


@test
def a_limit_ends_the_run_and_says_which():
    code, out, err = nacre('--json', '--limit', 'steps=100k', '-c', 'echo before; while :; do :; done || true; echo after')
    result = json.loads(out)
    expect(result['stdout'], 'before\n')
    expect(result['end']['reason'], 'limit')
    expect(result['end']['limit'], 'steps')
    expect(result['end']['used'] > result['end']['allowed'] > 0, True)


@test
def status_of_a_signal():
    expect(nacre('-c', 'kill -TERM $$')[0], 143)
    expect(nacre('-c', 'kill -KILL $$')[0], 137)


@test
def json_has_the_documented_members():
    code, out, _ = nacre('--json', '-c', 'echo o; echo e >&2; mkdir d; echo x > d/f; exit 3')
    result = json.loads(out)
    expect(code, 3)
    expect((result['stdout'], result['stderr'], result['exitCode'], result['end']), ('o\n', 'e\n', 3, {'reason': 'exited'}))
    expect(result['diff']['created'], ['/home/agent/d', '/home/agent/d/f'])
    expect(result['cwd'], '/home/agent')


@test
def json_of_bytes_that_are_no_text():
    result = json.loads(nacre('--json', '-c', r"printf '\xff\x00'")[1])
    expect(result['stdoutBase64'], '/wA=')


@test
def seed_makes_runs_equal_and_sleep_free():
    start = time.monotonic()
    script = 'echo $RANDOM $SRANDOM $(date +%s); sleep 3600; date +%s; mktemp -u'
    first = nacre('--seed', '5', '-c', script)
    expect(first, nacre('--seed', '5', '-c', script))
    expect(first[0], 0)
    expect(time.monotonic() - start < 60, True)
    expect(first != nacre('--seed', '6', '-c', script), True)


@test
def dump_ast_prints_json_and_runs_nothing():
    code, out, _ = nacre('--dump-ast', '-c', 'echo hi > f; if a; then b; fi')
    expect(code, 0)
    for line in out.splitlines():
        json.loads(line)
    code, _, err = nacre('--dump-ast', '-c', 'if')
    expect(code, 2)
    expect_in('syntax error', err)


# ---------------------------------------------------------------- mounts

@test
def mount_modes():
    with tempfile.TemporaryDirectory() as d:
        f = pathlib.Path(d, 'f')
        f.write_text('old\n')
        expect(nacre('--mount', f'{d}:/workspace', '-c', 'pwd; echo new > f; cat f'), (0, '/workspace\nnew\n', ''))
        expect(f.read_text(), 'old\n')
        code, out, err = nacre('--mount', f'{d}:/w:ro', '-c', 'cat /w/f; echo new > /w/f')
        expect((code, out), (1, 'old\n'))
        expect_in('Read-only file system', err)
        expect(nacre('--mount', f'{d}:/w:rw', '-c', 'echo new > /w/f'), (0, '', ''))
        expect(f.read_text(), 'new\n')
        expect(nacre('exec', '--mount', f'{d}:/w', 'echo newer > /w/f'), (0, '', ''))
        expect(f.read_text(), 'newer\n')


@test
def mount_at_the_same_path_runs_helper_scripts():
    with tempfile.TemporaryDirectory() as d:
        os.makedirs(d + '/w')
        os.makedirs(d + '/bin')
        helper = pathlib.Path(d, 'bin', 'helper')
        helper.write_text('#!/bin/bash\necho "helper $1 in $PWD"\n')
        helper.chmod(0o755)
        pathlib.Path(d, 'script').write_text('helper one; echo out > made')
        os.chmod(d, 0o777)
        os.chmod(d + '/w', 0o777)
        code, out, err = nacre('--mount', f'{d}:{d}:rw', '--workdir', d + '/w', '--env', f'PATH={d}/bin:/usr/bin', d + '/script')
        expect((code, out, err), (0, f'helper one in {d}/w\n', ''))
        expect(pathlib.Path(d, 'w', 'made').read_text(), 'out\n')


@test
def links_do_not_lead_out_of_a_mount():
    with tempfile.TemporaryDirectory() as d:
        os.symlink('/etc/hostname', d + '/link')
        os.symlink('../../../../../../etc/hostname', d + '/up')
        secret = pathlib.Path('/etc/hostname').read_text()
        out = nacre('--mount', f'{d}:/w', '-c', 'cat /w/link /w/up /w/../w/link')[1]
        if secret.strip() != 'nacre' and secret.strip() in out:
            raise AssertionError('a link led to the host')


# ---------------------------------------------------------------- interactive

class Terminal:
    """nacre on a pseudo-terminal."""

    def __init__(self, *args):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ['TERM'] = 'dumb'
            os.execv(NACRE, [NACRE, *args])
        self.seen = b''

    def type(self, text):
        os.write(self.fd, text.encode())

    def wait_for(self, text, seconds=10):
        end = time.monotonic() + seconds
        while text.encode() not in self.seen:
            ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise AssertionError(f'{text!r} did not appear; seen {self.seen!r}')
            try:
                self.seen += os.read(self.fd, 4096)
            except OSError:
                raise AssertionError(f'ended before {text!r}; seen {self.seen!r}') from None
        at = self.seen.index(text.encode()) + len(text)
        self.seen = self.seen[at:]

    def end(self, seconds=10):
        """Exit status."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            ready, _, _ = select.select([self.fd], [], [], 0.05)
            if ready:
                try:
                    os.read(self.fd, 4096)
                except OSError:
                    pass
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
        raise AssertionError('did not end')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


@test
def a_terminal_on_standard_input_is_interactive():
    with Terminal() as t:
        t.wait_for('$ ')
        t.type('echo $((6*7))\n')
        t.wait_for('\n42')
        t.wait_for('$ ')
        t.type('false\n')
        t.wait_for('$ ')
        t.type('exit\n')
        expect(t.end(), 1)


@test
def control_c_interrupts_the_command_and_not_the_shell():
    with Terminal('-i') as t:
        t.wait_for('$ ')
        t.type('sleep 30\n')
        time.sleep(0.5)
        t.type('\x03')
        t.wait_for('$ ', 5)
        t.type('echo st=$?\n')
        t.wait_for('st=130')
        t.wait_for('$ ')
        t.type('while :; do :; done\n')
        time.sleep(0.5)
        t.type('\x03')
        t.wait_for('$ ', 5)
        t.type('echo alive\n')
        t.wait_for('\nalive')
        t.wait_for('$ ')
        t.type('exit 0\n')
        expect(t.end(), 0)


@test
def control_d_ends_the_shell():
    with Terminal('-i') as t:
        t.wait_for('$ ')
        t.type('(exit 5)\n')
        t.wait_for('$ ')
        t.type('\x04')
        expect(t.end(), 5)


@test
def lines_are_edited_and_remembered():
    with Terminal('-i') as t:
        t.wait_for('$ ')
        t.type('echo one\n')
        t.wait_for('\none')
        t.wait_for('$ ')
        t.type('echo twx\x7fo\n')        # backspace
        t.wait_for('\ntwo')
        t.wait_for('$ ')
        t.type('\x10\x10\n')             # Ctrl-P twice: echo one
        t.wait_for('\none')
        t.wait_for('$ ')
        t.type('history | tail -2 | head -1\n')
        t.wait_for('echo one')
        t.wait_for('$ ')
        t.type('exit 0\n')
        expect(t.end(), 0)


@test
def an_unfinished_line_asks_for_more():
    with Terminal('-i') as t:
        t.wait_for('$ ')
        t.type('for i in 1 2\n')
        t.wait_for('> ')
        t.type('do echo "n$i"; done\n')
        t.wait_for('n1')
        t.wait_for('n2')
        t.type('exit 0\n')
        expect(t.end(), 0)


def main():
    passed = failed = 0
    for f in TESTS:
        try:
            f()
            passed += 1
        except Exception as e:   # a broken test is a failed one, whatever it raised
            failed += 1
            print(f'FAILED {f.__name__}: {e}')
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


sys.exit(main())
