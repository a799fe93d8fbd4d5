"""The host changes the tree while scripts are in it.

A thread exchanges a directory with a link that leads outside, as fast as it can. Whatever a script is doing, no call
of it may follow the link on the host: nothing outside is read, changed or told.
"""
import os
import tempfile
import threading

import harness
from harness import equal, test
from commands import no_mark
from hostile import Hostile, exchange

READ = '''
for ((i = 0; i < 60; i++)); do
  cat d/f d/sub/deep/file; ls -laR d/; find d/ -ls; grep -r "" d/ .; [ -e d/secret ] && cat d/secret; cat d/secret; head -c 99 < d/f
  stat -c "%n %s" d/f d/secret; echo d/* d/sub/*; tar cf - d/. | tar xOf -; wc d/*; readlink d/link; cp -r d/ /tmp/c; cat /tmp/c/*; rm -rf /tmp/c
  cd d && { cat f secret; ls ..; cat ../d/secret; cat sub/../f; }; cd /ws; du -a d; file d/*; sha256sum d/f; diff -r d e; cat e/d/../d/f
done'''
WRITE = '''
for ((i = 0; i < 60; i++)); do
  echo x > d/f; echo x >> d/secret; : > d/created; mkdir d/newdir; mkdir -p d/newdir/a/b; ln -s x d/newlink; ln d/f d/hard; mkfifo d/fifo; touch d/f d/t
  chmod 777 d/f d/secret d/.; chmod -R a+w d; mv d/t d/u; mv plain d/p; mv d/p plain; cp plain d/secret; sed -i s/x/y/ d/f d/secret; truncate -s 3 d/f d/secret
  rm -f d/created d/hard d/newlink d/fifo d/u d/t; rm -rf d/newdir; rm -rf d/sub/deep; rmdir d/sub; tar cf - plain | tar xf - -C d; rm -f d/plain; touch -d @5 d/secret d
  cd d && { echo x > f; echo x > g; rm -f g; mkdir m; rmdir m; }; cd /ws; [ -e d/f ] || echo inside > d/f; install plain d/i; unlink d/i; dd if=plain of=d/secret
done'''
NEST = '''
for ((i = 0; i < 100; i++)); do
  cd deep/a/b 2>/dev/null && { pwd; ls .. ../.. ../../..; cat ../../../outside/secret ../f ../../f; echo x > ../made; rm -f ../made; }; cd /ws
  ls deep/a/b/../../.. ; cat deep/a/b/../f shallow/f deep/a/b/../../../../outside/secret; find deep shallow; mv shallow/f shallow/g; mv shallow/g shallow/f
done'''


class Swapper:
    """Exchanges pairs of names until it is left; counts."""

    def __init__(self, *pairs):
        self.pairs, self.swaps, self.over = pairs, 0, False

    def __enter__(self):
        self.thread = threading.Thread(target=self.work)
        self.thread.start()
        return self

    def work(self):
        while not self.over:
            for one, other in self.pairs:
                try:
                    exchange(one, other)
                    self.swaps += 1
                except OSError:
                    pass   # the script has just moved it

    def __exit__(self, *_):
        self.over = True
        self.thread.join()


def arena(base):
    place = Hostile(base)
    place.make_outside('a')
    os.makedirs(place.tree + '/d/sub/deep')
    os.makedirs(place.tree + '/e')
    os.makedirs(place.tree + '/deep/a/b')
    os.makedirs(place.tree + '/shallow')
    for name in ('plain', 'd/f', 'd/secret', 'd/sub/deep/file', 'e/f', 'deep/f', 'deep/a/f', 'shallow/f'):
        place._write('tree/' + name, 'inside\n')
    os.symlink('../outside', place.tree + '/l')
    os.symlink('../d', place.tree + '/e/d')
    return place


def race(mode, script, pairs, both):
    with tempfile.TemporaryDirectory(prefix='mounts-') as base:
        place = arena(base)
        before = place.state()
        pairs = [[f'{place.tree}/{n}' for n in pair] for pair in pairs]
        with Swapper(*pairs) as swapper:
            status, out = harness.run('--mount', f'{place.tree}:/ws:{mode}', '-c', f'cd /ws; {script}')
        no_mark(f'{mode} race', out)
        equal(place.state(), before)
        if swapper.swaps < 100 or status >= 124:
            raise AssertionError(f'{swapper.swaps} exchanges, status {status}: {out[-200:]!r}')
        for text in both:
            if text not in out:
                raise AssertionError(f'{mode}: the script never met {text!r}')


LINK = (['d', 'l'],)


@test
def a_directory_becomes_a_link_while_it_is_read():
    for mode in ('ro', 'cow', 'rw'):
        race(mode, READ, LINK, [] if mode == 'cow' else [b'inside', b'No such file'])   # cow keeps what it saw first


@test
def a_directory_becomes_a_link_while_it_is_written():
    for mode in ('rw', 'cow'):
        race(mode, WRITE, LINK, [])


@test
def directories_change_their_depth():
    for mode in ('ro', 'cow', 'rw'):
        race(mode, NEST, (['deep/a', 'shallow'],), [] if mode == 'cow' else [b'/ws/deep/a/b'])


@test
def the_mount_point_is_replaced_during_a_run():
    for mode in ('ro', 'cow', 'rw'):
        with tempfile.TemporaryDirectory(prefix='mounts-') as base:
            place = arena(base)
            os.symlink('outside', base + '/swap')
            before = place.state()
            script = 'for ((i = 0; i < 200; i++)); do cat /ws/d/f /ws/secret; echo x > /ws/made; ls /ws /ws/..; rm -f /ws/made; done'
            out = replaced_after_start(place, base, mode, script)
            no_mark(mode, out)
            equal(place.state(), before)
            equal(out.count(b'inside'), 200)


def replaced_after_start(place, base, mode, script):
    """Runs a script that waits for a sign in a second mount; by then the first one's path leads elsewhere."""
    sign = base + '/sign'
    os.mkdir(sign)
    result = []
    runner = threading.Thread(target=lambda: result.append(harness.run(
        '--mount', f'{place.tree}:/ws:{mode}', '--mount', f'{sign}:/sign:rw', '-c',
        'touch /sign/ready; until [ -e /sign/go ]; do sleep 0.01; done; ' + script)))
    runner.start()
    while not os.path.exists(sign + '/ready') and runner.is_alive():
        pass
    exchange(place.tree, base + '/swap')
    open(sign + '/go', 'w').close()
    runner.join()
    exchange(place.tree, base + '/swap')
    for name in ('ready', 'go'):
        os.unlink(f'{sign}/{name}')
    os.rmdir(sign)
    return result[0][1]


@test
def applying_a_sessions_changes_does_not_go_through_a_link():
    with tempfile.TemporaryDirectory(prefix='mounts-') as base:
        place = arena(base)
        env = {'NACRE_HOME': base + '/store'}
        change = 'cd /ws; echo x > d/f; echo x > d/made; mkdir -p d/sub/newdir; echo x > d/secret; rm d/sub/deep/file; chmod 600 plain; ln -s ../outside new; echo y > e/f'
        equal(harness.run('create', '-n', 's', '--mount', place.tree + ':/ws', env=env)[0], 0)
        equal(harness.run('run', 's', change, env=env), (0, b''))
        before = place.state()
        exchange(place.tree + '/d', place.tree + '/l')
        for force in ([], ['--force']):
            status, out = harness.run('apply', 's', *force, env=env)
            no_mark('apply', out)
            equal(place.state(), before)
        with Swapper([place.tree + '/d', place.tree + '/l']):
            for i in range(20):
                equal(harness.run('run', 's', f'cd /ws; echo {i} > d/f; echo {i} > d/secret; echo {i} > d/made; mkdir d/n{i}; rmdir d/n{i - 1}', env=env)[0] < 124, True)
                no_mark('apply', harness.run('apply', 's', '--force', env=env)[1])
                no_mark('diff', harness.run('diff', 's', '--content', env=env)[1])
        equal(place.state(), before)
