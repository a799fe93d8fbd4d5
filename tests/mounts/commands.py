"""Every command against a hostile tree.

Two questions are asked. Does a run change or read anything outside? The outside is compared byte for byte, with inodes
and times. Does it tell anything? The same run is made over two outsides that differ in every respect, and must print
the same bytes and leave the same files: what would depend on the outside in whatever form would show. For a rw mount,
whose tree is made anew each time, a mark in the outside's content and names is looked for instead.
"""
import base64
import codecs
import concurrent.futures
import os
import re
import tempfile

import harness
from harness import equal, test
from hostile import MARK, Hostile

# How full the disk of the host is, which changes meanwhile.
DISK = {'df': rb'[0-9]+', 'findmnt': rb'[0-9]+', 'stat': rb'(?<=Free: |able: |otal: )[0-9]+'}
CRASHED = {9, 124, 126, 132, 134, 135, 136, 139}   # 9 is attacks.sh's; 124: it waits for itself


def forms():
    """The mark as commands may print it."""
    raw = MARK.encode()
    out = [raw, raw.upper(), raw.lower(), raw[::-1], codecs.encode(MARK, 'rot13').encode(), raw.hex().encode(), raw.hex().upper().encode(), raw[:9], raw[-9:]]
    for shift in range(3):
        out.append(base64.b64encode(b'x' * shift + raw)[4 if shift else 0:-4])
        out.append(base64.b32encode(b'x' * shift + raw)[8 if shift else 0:-8])
    return out


FORMS = forms()


def no_mark(where, data):
    for f in FORMS:
        at = data.find(f)
        if at >= 0:
            raise AssertionError(f'{where}: the outside shows: {data[max(0, at - 200):at + 100]!r}')


def script():
    out = ''
    for name in ('special.sh', 'attacks.sh'):
        with open(os.path.join(harness.HERE, name)) as f:
            out += f.read()
    return out


class Arena:
    """A hostile tree, and runs in it."""

    def __init__(self):
        self.dir = tempfile.TemporaryDirectory(prefix='mounts-')
        self.place = Hostile(self.dir.name)
        self.place.make_outside('a')
        self.place.make_tree()
        self.script = script()

    def close(self):
        self.place.close()
        self.dir.cleanup()

    def attack(self, name, mode):
        before = self.place.state()
        status, out = harness.run('--mount', f'{self.place.tree}:/ws:{mode}', '--seed', '7', '--env', 'name=' + name, '--env', 'mode=' + mode,
                                  '--env', 'outside=' + self.place.outside, '-c', self.script)
        after = self.place.state()
        if after != before:
            gone = [x for x in before[0] if x not in after[0]]
            now = [x for x in after[0] if x not in before[0]]
            raise AssertionError(f'{name}, {mode}: the outside is no longer the same: {gone} is {now}; {before[1]} is {after[1]}')
        self.place.check_special()
        no_mark(f'{name}, {mode}', out)
        if status in CRASHED:
            raise AssertionError(f'{name}, {mode}: status {status}: {out[-300:]!r}')
        return re.sub(DISK[name], b'N', out) if name in DISK else out

    def left(self, name):
        """What a rw run left in the tree."""
        for at, dirs, files in os.walk(os.fsencode(self.place.tree)):
            for entry in dirs + files:
                path = os.path.join(at, entry)
                no_mark(f'{name}, rw: a name', entry)
                if os.path.islink(path):
                    no_mark(f'{name}, rw: {path}', os.readlink(path))
                elif os.path.isfile(path):
                    os.chmod(path, 0o600)
                    with open(path, 'rb') as f:
                        no_mark(f'{name}, rw: {path}', f.read())
                elif entry in dirs:
                    os.chmod(path, 0o700)


def together(work, items):
    """Runs work(arena, item) for all of them, on as many arenas as there are processors; all that failed are told."""
    failures = []

    def worker(mine):
        arena = Arena()
        try:
            for item in mine:
                try:
                    work(arena, item)
                except AssertionError as e:
                    failures.append(str(e))
        finally:
            arena.close()

    with concurrent.futures.ThreadPoolExecutor(harness.jobs) as pool:
        list(pool.map(worker, [items[i::harness.jobs] for i in range(harness.jobs)]))
    if failures:
        raise AssertionError(f'{len(failures)}: ' + '\n  '.join(failures[:20]))


def differ(arena, names, mode):
    out = {}
    for variant in 'ab':
        arena.place.make_outside(variant)
        for name in names:
            got = arena.attack(name, mode)
            if variant == 'a':
                out[name] = got
            elif got != out[name]:
                lines = [(a, b) for a, b in zip(out[name].split(b'\n'), got.split(b'\n')) if a != b]
                raise AssertionError(f'{name}, {mode}: what it prints depends on the outside: {lines[:2]}, {len(out[name])} and {len(got)} bytes')
    arena.place.make_outside('a')


@test
def read_only_mounts_tell_and_change_nothing():
    together(lambda arena, name: differ(arena, [name], 'ro'), harness.commands())


@test
def cow_mounts_tell_and_change_nothing():
    together(lambda arena, name: differ(arena, [name], 'cow'), harness.commands())


@test
def read_write_mounts_tell_and_change_nothing_outside():
    def work(arena, name):
        arena.place.make_tree()
        arena.attack(name, 'rw')
        arena.left(name)
    together(work, harness.commands())


@test
def the_attacks_are_for_commands_there_are():
    names = set(harness.commands())
    special = set(re.findall(r'^attack_([\w-]+)\(\)', script(), re.M))
    equal(special - names, set())
