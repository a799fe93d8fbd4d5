"""kill -9 at random instants, a full disk, a damaged store: what had returned is there whole, what had not is not there in part."""
import os
import random
import sqlite3
import subprocess
import time

import harness
from harness import another_home, directory, equal, fails, ok, run, start, test


@test
def a_damaged_store_says_so():
    with another_home() as home:
        with open(home + '/sessions.db', 'wb') as f:
            f.write(b'this is no database' * 1000)
        fails(2, 'not a database', 'list')
        os.remove(home + '/sessions.db')
        ok('run', 's', 'echo 1 > f')
        db = sqlite3.connect(home + '/sessions.db')
        db.execute("update part set data=x'ffffff' where kind=1")
        db.commit()
        db.close()
        status, out, err = run('run', 's', 'cat f')
        if status != 125 or 'cannot be read' not in err and 'damaged' not in err:
            raise AssertionError((status, out, err))


@test
def a_full_disk_loses_nothing():
    with another_home() as home:
        full_disk(home)


def full_disk(home):
    mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', home], capture_output=True).returncode == 0
    try:
        if not mounted:
            print('  (no tmpfs may be mounted here: left out)')
            return
        ok('run', 's', 'echo small > f')
        fails(125, 'full', 'run', 's', 'head -c 8M /dev/urandom > big; echo other > f')
        equal(ok('run', 's', 'ls; cat f'), 'f\nsmall\n')
    finally:
        if mounted:
            subprocess.run(['umount', home], check=True)


@test
def a_store_that_cannot_be_written():
    with another_home() as home:
        ok('run', 's', 'echo kept > f')
        # Bound onto itself read-only: root may write to a directory whatever its mode.
        if subprocess.run(['mount', '--bind', home, home], capture_output=True).returncode != 0:
            print('  (nothing may be mounted here: left out)')
            return
        try:
            subprocess.run(['mount', '-o', 'remount,ro,bind', home], check=True)
            fails(125, 'NACRE_HOME names another', 'run', 's', 'echo lost > f')
            fails(2, 'NACRE_HOME names another', 'create', '-n', 't')
        finally:
            subprocess.run(['umount', home], check=True)
        equal(ok('run', 's', 'cat f'), 'kept\n')
        equal(len(ok('list').splitlines()), 2)


@test
def kill_at_any_instant():
    with directory() as top:
        kill_often(random.Random(7), top + '/archive')


def kill_often(rng, archive):
    ok('run', 'whole', 'mkdir d; for ((i = 0; i < 200; i++)); do echo $i > d/f$i; done')
    ok('snapshot', 'whole', 'one')
    ok('run', 'whole', 'rm d/f7; x=7')
    ok('export', 'whole', archive)
    ok('run', 'k', 'n=0; : > log')
    usual = 0.02   # seconds; how long a command takes on this machine now, so that about half of them are cut off
    returned, number = [], 0
    for _ in range(harness.kills):
        number += 1
        what = rng.choice(['run', 'run', 'run', 'snapshot', 'rollback', 'gc', 'create', 'import', 'export'])
        if what == 'run':
            p = start('run', 'k', f'n={number}; echo {number} >> log; head -c $((RANDOM * 10)) /dev/urandom > blob$((RANDOM % 5)); mkdir d{number}; rm -rf d{number - 3}')
        elif what == 'snapshot':
            p = start('snapshot', 'k', f's{number}')
        elif what == 'rollback':
            p = start('run', 'k2', 'echo 1 >> f')
        elif what == 'gc':
            p = start('gc')
        elif what == 'import':
            p = start('import', archive, '-n', f'i{number}')
        elif what == 'export':
            p = start('export', 'k', f'{archive}.k')
        else:
            p = start('create', '-n', f'c{number}')
        try:
            p.communicate(timeout=rng.random() * 2 * usual)
        except subprocess.TimeoutExpired:
            p.kill()
            p.communicate()
        if what == 'run' and p.returncode == 0:
            returned.append(number)
        if what == 'create' and p.returncode == 0:
            ok('terminate', f'c{number}')
        if what == 'import' and run('show', f'i{number}')[0] == 0:   # then it is there whole, whether it returned or not
            equal(ok('run', f'i{number}', 'ls d | wc -l; cat d/f8; echo $x'), '199\n8\n7\n')
            ok('rollback', f'i{number}', 'one')
            equal(ok('run', f'i{number}', 'cat d/f7'), '7\n')
            ok('terminate', f'i{number}')
        elif what == 'import' and p.returncode == 0:
            raise AssertionError(f'import {number} returned and is not there')
        if what == 'export' and os.path.exists(f'{archive}.k'):      # a file that has its name is whole
            ok('import', f'{archive}.k', '-n', f'e{number}')
            ok('terminate', f'e{number}')
            os.remove(f'{archive}.k')
        begin = time.monotonic()
        log = [int(line) for line in ok('run', 'k', '--isolated', 'cat log').split()]
        usual = 0.8 * usual + 0.2 * (time.monotonic() - begin)
        missing = [n for n in returned if n not in log]
        if missing or log != sorted(set(log)):
            raise AssertionError(f'after {number} ({what}): runs {missing} returned and are not in the log {log}')
        n = int(ok('run', 'k', 'echo $n'))
        equal(n, log[-1] if log else 0)
        dirs = ok('run', 'k', '--isolated', 'ls -d d* 2>/dev/null; :').split()
        if log and f'd{log[-1]}' not in dirs:
            raise AssertionError(f'run {log[-1]} is there in part: {dirs}')
    db = sqlite3.connect(harness.home + '/sessions.db')
    equal(db.execute('pragma integrity_check').fetchall(), [('ok',)])
    db.close()
    print(f'  ({harness.kills} kills, {len(returned)} runs had returned)')
