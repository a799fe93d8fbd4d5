"""nacre doctor: what is damaged is told, what can be saved is saved, and the rest is named."""
import json
import os
import random
import shutil
import sqlite3

import harness
from harness import another_home, equal, fails, ok, run, test

LIST = 'cd; find . -printf "%p %m %s %l\\n" | LC_ALL=C sort; find . -type f -exec md5sum {} + | LC_ALL=C sort'


def fill():
    ok('create', '-n', 'a', '--env', 'GREETING=hello')
    ok('run', 'a', 'mkdir d; for i in {1..300}; do echo "file $i" > d/f$i; done; head -c 300000 /dev/urandom > big; ln -s big link; x=1; f() { echo "f $x"; }')
    ok('snapshot', 'a', 'one')
    ok('run', 'a', 'echo more > d/f7; echo end >> big; x=2')
    ok('run', 'b', 'echo b > b')
    ok('fork', 'a', 'c', '--from', 'one')


def database():
    db = sqlite3.connect(harness.home + '/sessions.db')
    db.execute('pragma wal_checkpoint(truncate)')
    return db


def change(sql, *args):
    db = database()
    done = db.execute(sql, args)
    db.commit()
    equal(done.rowcount > 0, True)
    db.close()


def repaired():
    """What --repair said; afterwards nothing may be wrong."""
    status, out, err = run('doctor', '--repair', '--json')
    equal((status, err), (1, ''))
    told = json.loads(out)
    equal(os.path.exists(told['kept']), True)
    equal((run('doctor')[0], 'nothing is wrong' in run('doctor')[1]), (0, True))
    ok('gc')
    return told


@test
def a_whole_store_has_nothing_wrong():
    fails(2, 'there is no store', 'doctor')
    fill()
    out = ok('doctor')
    equal((': 3 sessions, ' in out, out.endswith('nothing is wrong\n'), 'repair' in out), (True, True, False))
    equal(ok('doctor', '--repair').endswith('nothing is wrong\n'), True)
    equal([f for f in os.listdir(harness.home) if not f.startswith('sessions.db')], ['locks'])
    fails(2, 'usage', 'doctor', 'x')


@test
def a_lost_chunk_costs_its_file():
    fill()
    want = ok('run', 'a', 'cd; ls d | md5sum; cat d/f7; cat link | wc -c; f')
    change('update chunk set data=zeroblob(length(data)) where length(data)=65536 and id=(select min(id) from chunk where length(data)=65536)')
    status, out, err = run('doctor')
    equal((status, err, 'problem: 1 chunks' in out, 'problem: session a: ' in out, 'problem: session b' in out), (1, '', True, True, False))
    told = repaired()
    equal(sorted((p['session'], p['what']) for p in told['lost']), [('a', '/home/agent/big'), ('a', '/home/agent/big (snapshots/one)'), ('c', '/home/agent/big')])
    equal(ok('run', 'a', 'cd; ls d | md5sum; cat d/f7; echo 300004; f'), want)
    equal(run('run', 'a', 'cat big')[0], 1)
    ok('rollback', 'a', 'one')
    equal(ok('run', 'a', 'cat d/f7; f; echo $GREETING'), 'file 7\nf 1\nhello\n')
    equal(ok('run', 'b', 'cat b'), 'b\n')


@test
def lost_records_shells_and_states():
    fill()
    with another_home():
        fill()
        change("delete from part where kind=1 and key=(select max(key) from part where kind=1 and layer=1) and layer=1")
        repaired()
        ok('run', 'b', 'cat b')
    with another_home():
        fill()
        change("update session set shell=x'00ff00' where name='a'")
        equal([p['what'] for p in repaired()['lost']], ['the state of the shell of files'])
        equal(ok('run', 'a', 'cat d/f7; echo "$x"'), 'more\n\n')
    with another_home():
        fill()
        change("update part set data=x'ff' where kind=0 and layer=(select layer from session where name='a')")
        equal([p['what'] for p in repaired()['lost']], ['its present state: it is at snapshots/one now'])
        equal(ok('run', 'a', 'cat d/f7; f'), 'file 7\nf 1\n')
    with another_home():
        fill()
        change("update session set config=x'ff' where name='b'")
        status, out, err = run('doctor', '--repair')
        equal((status, err, 'session b: it cannot be saved' in out), (1, '', True))
        equal(ok('run', 'a', 'f'), 'f 2\n')
    with another_home():
        fill()
        change('update layer set parent=id')
        run('doctor', '--repair')
        equal(run('list')[2], '')


@test
def a_damaged_database_is_read_row_by_row():
    fill()
    database().close()
    with open(harness.home + '/sessions.db', 'rb') as f:
        whole = f.read()
    saved, rng = 0, random.Random(4)
    for i in range(20):
        with another_home() as home:
            os.mkdir(home + '/locks')
            damaged = bytearray(whole)
            for _ in range(rng.choice((1, 1, 3))):
                page = rng.randrange(1, len(whole) // 4096)
                damaged[page * 4096:(page + 1) * 4096] = rng.randbytes(4096)
            with open(home + '/sessions.db', 'wb') as f:
                f.write(damaged)
            status, out, err = run('doctor', '--repair')
            if status not in (0, 1) or err:
                raise AssertionError((i, status, out, err))
            status, out, err = run('doctor')
            if status not in (0, 1) or err or 'malformed' in out:
                raise AssertionError((i, status, out, err))
            status, out, err = run('run', 'a', LIST)
            saved += status == 0
            if status not in (0, 1, 125):
                raise AssertionError((i, status, out, err))
    print(f'  ({saved} of 20 sessions can be opened again)')
    # No database at all: it is put aside, and there is a new one.
    with another_home() as home:
        with open(home + '/sessions.db', 'wb') as f:
            f.write(b'this is no database' * 1000)
        equal(run('doctor')[0], 1)
        status, out, err = run('doctor', '--repair')
        equal((status, err, 'lost: nothing of it could be read' in out), (1, '', True))
        with open(home + '/sessions.db.damaged-1', 'rb') as f:
            equal(f.read(7), b'this is')
        ok('run', 'new', 'echo 1 > f')
