"""Two terminals at once, by tmux: what a user sees on each."""
import contextlib
import os
import re
import subprocess
import time

import harness
from harness import equal, test


class Terminals:
    """A tmux server of its own, with a shell in each window."""

    servers = 0

    def __init__(self):
        Terminals.servers += 1   # the one before may still be on its way out
        self.socket = f'nacre-{os.getpid()}-{Terminals.servers}'
        self.count = 0

    def tmux(self, *args):
        return subprocess.run(['tmux', '-L', self.socket, '-f', '/dev/null', *args], env={**harness.environment(), 'TERM': 'screen', 'LC_ALL': 'C.UTF-8'},
                              capture_output=True, text=True, timeout=20)

    def open(self):
        self.count += 1
        name = f'w{self.count}'
        shell = f"exec env -i PATH={os.path.dirname(harness.nacre)}:/usr/bin:/bin NACRE_HOME={harness.home} TERM=screen LC_ALL=C.UTF-8 PS1='$ ' PS2='> ' bash --norc --noprofile"
        start = ('new-session', '-d', '-s', 'nacre', '-n', name, '-x', '90', '-y', '40', shell) if self.count == 1 else ('new-window', '-d', '-n', name, shell)
        done = self.tmux(*start)
        if done.returncode:
            raise AssertionError(f'tmux: {done.stderr}')
        self.sees(name, '$')
        return name

    def type(self, window, text):
        self.tmux('send-keys', '-t', window, '-l', text)
        self.tmux('send-keys', '-t', window, 'Enter')

    def key(self, window, name):
        self.tmux('send-keys', '-t', window, name)

    def screen(self, window):
        return re.sub(r'process \d+', 'process N', self.tmux('capture-pane', '-p', '-t', window).stdout.rstrip())

    def sees(self, window, end):
        """Waits until the screen ends so."""
        for _ in range(300):
            text = self.screen(window)
            if text.endswith(end):
                return text
            time.sleep(0.05)
        raise AssertionError(f'the screen does not end with {end!r}: {text!r}')


@contextlib.contextmanager
def terminals():
    t = Terminals()
    try:
        yield t
    finally:
        t.tmux('kill-server')


@test
def two_terminals_at_once():
    with terminals() as t:
        a, b = t.open(), t.open()
        t.type(a, 'nacre run s "echo begun; sleep 3; echo first >> f; echo ended"')
        t.sees(a, 'begun')
        t.type(b, 'nacre run --no-wait s "echo second >> f"; echo "status $?"')
        t.sees(b, 'status 125\n$')
        t.type(b, 'nacre terminate s')
        t.sees(b, 'end that run first\n$')
        t.type(b, 'nacre run s "echo second >> f; cat f"')   # this one waits
        equal(t.sees(a, 'ended\n$'), '$ nacre run s "echo begun; sleep 3; echo first >> f; echo ended"\nbegun\nended\n$')
        equal(t.sees(b, 'first\nsecond\n$'),
              '$ nacre run --no-wait s "echo second >> f"; echo "status $?"\n'
              'nacre: session s is in use by process N; without --no-wait it is waited for\nstatus 125\n'
              '$ nacre terminate s\n'
              'nacre: session s is in use by process N; end that run first\n'
              '$ nacre run s "echo second >> f; cat f"\nfirst\nsecond\n$')


@test
def a_run_that_is_interrupted_is_kept_as_far_as_it_came():
    with terminals() as t:
        a = t.open()
        t.type(a, 'nacre run s "trap \'echo bye; exit 3\' INT; echo kept > f; echo ready; sleep 60"; echo "status $?"')
        t.sees(a, 'ready')
        t.key(a, 'C-c')
        t.sees(a, 'status 3\n$')
        t.type(a, 'nacre run s "cat f"; nacre history s | cut -c 1-3')
        equal(t.sees(a, '2\n$').split('\n')[-5:], ['kept', 'RUN', '1', '2', '$'])


@test
def the_shell_on_a_terminal():
    with terminals() as t:
        a = t.open()
        t.type(a, 'nacre -i')
        t.sees(a, '$')
        for line, end in (('x=5; for i in 1 2; do', ''), ('echo $((x + i))', ''), ('done', '6\n7'), ('sleep 60', None)):
            t.type(a, line)
            if end:
                t.sees(a, end + '\nbash-5.2$')
        time.sleep(0.3)
        t.key(a, 'C-c')
        t.type(a, 'echo "status $?, x $x"')
        t.type(a, 'exit 4')
        t.type(a, 'echo "nacre gave $?"')
        text = t.sees(a, 'nacre gave 4\n$')
        equal('status 130, x 5' in text, True)
