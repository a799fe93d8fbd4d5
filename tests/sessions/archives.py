"""nacre export and import: what comes back is what went, damaged and hostile archives are refused whole."""
import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import tarfile

import harness
from changes import make_project, random_script
from harness import another_home, directory, equal, fails, ok, run, test

# Everything of a tree but the times of change; of directories no size, which is the file system's.
LIST = r'''cd "$1" && find . -xdev \( -type d -printf '%p d %m %u %T@\n' -o -printf '%p %y %m %u %n %s %T@ %l\n' \) 2>/dev/null | LC_ALL=C sort
cd "$1" && find . -xdev -type f -not -path './usr/bin/*' -exec md5sum {} + 2>/dev/null | LC_ALL=C sort'''


def state(session):
    return [ok('run', '--isolated', session, LIST, top).split('\n') for top in ('/home', '/etc', '/workspace')]


def differing(a, b):
    return [sorted(set(x) ^ set(y)) for x, y in zip(a, b)]


def missing(a, b):
    return [sorted(set(x) - set(y)) for x, y in zip(a, b)]


def archive(session):
    done = subprocess.run([harness.nacre, 'export', session], stdout=subprocess.PIPE, check=True, env=harness.environment())
    return done.stdout


def put(data, *args):
    done = subprocess.run([harness.nacre, 'import', *args], input=data, capture_output=True, timeout=60, env=harness.environment())
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def imported(data, *args):
    got = put(data, *args)
    if got[0] != 0 or got[2]:
        raise AssertionError(got)


@test
def what_is_imported_is_what_was_exported():
    with directory() as top:
        for seed in range(8):
            rng = random.Random(seed)
            shutil.rmtree(top + '/p', ignore_errors=True)
            make_project(top + '/p')
            name, names, applied = f's{seed}', [], False
            ok('create', '-n', name, '--mount', top + '/p:/workspace', '--env', 'GREETING=hello')
            for step in range(rng.randrange(2, 6)):
                ok('run', name, random_script(rng) + f'\nsetting{step}=$((1 + {step})); f{step}() {{ echo $setting{step}; }}; cd /workspace\n' + '''
                   mkdir -p ~/a/b; echo $RANDOM >> ~/a/b/log; ln -f ~/a/b/log ~/hard; truncate -s 20000000 ~/hole; echo x >> ~/hole; mkfifo -m 600 ~/fifo 2>/dev/null; touch -d @1000000000 ~/a''')
                what = rng.choice(['snapshot', 'snapshot', 'rollback', 'apply', 'none'])
                if what == 'snapshot':
                    names.append(f'n{step}')
                    ok('snapshot', name, names[-1])
                elif what == 'rollback' and names:
                    ok('rollback', name, rng.choice(names))
                elif what == 'apply':
                    ok('apply', name, '--force')
                    applied = bool(names)   # the host is no longer as these saw it
            data, history = archive(name), json.loads(ok('history', name, '--json'))
            parts = ['files'] + names
            for n in names:
                ok('fork', name, f'{name}-{n}', '--from', n)
            want = [state(name)] + [state(f'{name}-{n}') for n in names]
            told = [ok('diff', name)] + [ok('diff', name, '--from', n, '--content') for n in names]
            tree = json.loads(ok('snapshots', name, '--json'))
            said = ok('run', '--isolated', name, 'echo $GREETING') + ok('run', name, 'declare -p setting0; f0; pwd')
            with another_home():
                imported(data, '--trust', *['--force'] * applied)
                for n in names:
                    ok('fork', name, f'{name}-{n}', '--from', n)
                got = [state(name)] + [state(f'{name}-{n}') for n in names]
                for part, a, b in zip(parts, want, got):
                    # Of a directory that the session changed, what came to the host later is seen only after an import.
                    if any(missing(a, b)) if applied else a != b:
                        raise AssertionError(f'seed {seed}, {part}: {differing(a, b)}')
                equal(json.loads(ok('history', name, '--json'))[:len(history)], history)
                got = [ok('diff', name)] + [ok('diff', name, '--from', n, '--content') for n in names]
                if not applied and 'R ' not in told[0] and 'rename ' not in ''.join(told):   # after an import, a renaming is told as two changes
                    equal((seed, got), (seed, told))
                again = json.loads(ok('snapshots', name, '--json'))
                pick = lambda l: [(s['name'], s['parent'], s['createdMs']) for s in l]
                equal((seed, pick(again)), (seed, pick(tree)))
                equal(ok('run', '--isolated', name, 'echo $GREETING') + ok('run', name, 'declare -p setting0; f0; pwd'), said)
                equal(archive(name)[:4], data[:4])


@test
def tar_lists_and_extracts_it():
    with directory() as top:
        ok('run', 's', 'echo hello > greeting; mkdir d; ln greeting d/same; ln -s ../greeting d/link; truncate -s 5M hole; chmod 750 d')
        ok('snapshot', 's', 'one')
        ok('run', 's', 'echo more >> greeting')
        equal(ok('export', 's', top + '/s.tar.zst'), '')
        equal(os.listdir(top), ['s.tar.zst'])
        names = subprocess.run(['tar', 'tf', top + '/s.tar.zst'], capture_output=True, check=True, text=True).stdout.split('\n')
        for n in ('manifest.json', 'files/home/agent/greeting', 'snapshots/one/home/agent/d/link', 'base/etc/passwd'):
            if n not in names:
                raise AssertionError(f'{n} is not listed')
        subprocess.run(['tar', 'xf', top + '/s.tar.zst', '-C', top, 'manifest.json', 'files/home', 'snapshots/one/home'], check=True)
        read = lambda p: open(f'{top}/{p}').read()
        equal((read('files/home/agent/greeting'), read('snapshots/one/home/agent/greeting')), ('hello\nmore\n', 'hello\n'))
        equal(os.path.getsize(top + '/files/home/agent/hole'), 5 << 20)
        manifest = json.loads(read('manifest.json'))
        equal([s['tree'] for s in manifest['states']], ['base', 'snapshots/one', 'files'])
        fails(2, 'No such file', 'export', 's', top + '/none/s')
        fails(2, 'no session t', 'export', 't')


@test
def mounts_are_placed_by_the_user():
    with directory() as top:
        make_project(top + '/p')
        ok('create', '-n', 's', '--mount', top + '/p:/workspace', '--limit', 'processes=7', '--allow-url', 'https://example.com/')
        ok('run', 's', 'echo 1 >> src/a; rm bin; echo new > new')
        data = archive('s')
        with another_home():
            status, _, err = put(data)
            if status != 2 or top + '/p:/workspace:cow' not in err:
                raise AssertionError(err)
            equal(put(data, '--mount', top + '/p:/workspace:rw')[0], 2)
            equal(put(data, '--mount', top + '/p:/elsewhere')[0], 2)
            # The same project, in another place.
            make_project(top + '/q')
            imported(data, '--mount', top + '/q:/workspace', '-n', 'other')
            equal(ok('diff', 'other'), 'D /workspace/bin\nA /workspace/new\nM /workspace/src/a\n')
            # What it may do is not the archive's to say, unless it is trusted.
            equal(ok('run', 'other', 'type -P curl', status=1), '')
            imported(data, '--trust', '-n', 'trusted')
            equal(ok('run', 'trusted', 'type -P curl'), '/usr/bin/curl\n')
            ok('apply', 'other')
            equal((open(top + '/q/new').read(), os.path.exists(top + '/q/bin'), os.path.exists(top + '/p/bin')), ('new\n', False, True))
            # Now the host has what the session made of it: no conflict. Then it has something else.
            imported(data, '--mount', top + '/q:/workspace', '-n', 'same')
            with open(top + '/q/src/a', 'w') as f:
                f.write('other\n')
            with open(top + '/q/bin', 'w') as f:
                f.write('other\n')
            status, _, err = put(data, '--mount', top + '/q:/workspace', '-n', 'late')
            equal((status, sorted(line.split(': ')[0] for line in err.split('\n')[1:-1])), (2, [top + '/q/bin', top + '/q/src/a']))
            fails(2, 'no session late', 'show', 'late')
            imported(data, '--mount', top + '/q:/workspace', '-n', 'late', '--force')
            equal(ok('run', 'late', 'tail -n 1 src/a; ls'), '1\nbig\nnew\nrun\nsp ace\nsrc\n')


def unpacked(data):
    return subprocess.run(['zstd', '-dc'], input=data, capture_output=True).stdout


def rebuilt(data, edit):
    """The archive with its members changed by edit(list of [TarInfo, bytes]), under a right digest."""
    raw = unpacked(data)
    members = []
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        for info in tar:
            members.append([info, tar.extractfile(info).read() if info.isreg() else b''])
    last = raw.rfind(b'digest\0' + bytes(93))
    header = raw[last:last + 512]
    edit(members)
    out = b''
    for info, content in members[:-1]:
        info.size = len(content)
        out += info.tobuf(tarfile.PAX_FORMAT) + content + bytes(-len(content) % 512)
    digest = hashlib.sha256(out).hexdigest().encode() + b'\n'
    return out + header + digest + bytes(512 - len(digest)) + bytes(1024)


@test
def damaged_and_hostile_archives_are_refused():
    rng = random.Random(5)
    with directory() as top, another_home():
        os.mkdir(top + '/p')
        ok('create', '-n', 's', '--mount', top + '/p:/workspace', '--mount', top + ':/rw:rw')
        ok('run', 's', 'cd; mkdir d; echo hello > d/f; ln d/f d/g; ln -s d l; echo w > /workspace/w; x=1')
        ok('snapshot', 's', 'one')
        data = archive('s')
        ok('terminate', 's')
        imported(rebuilt(data, lambda m: None), '--trust')   # the way the archives below are made is not to blame
        ok('terminate', 's')

        def refused(what, bad):
            status, out, err = put(bad, '--trust')
            if status != 2 or err.count('\n') != 1 or out:
                raise AssertionError(f'{what}: {status} {err!r}')
            equal((what, json.loads(ok('list', '--json'))), (what, []))

        for i in range(25):
            cut = rng.randrange(len(data))
            refused(f'cut at {cut}', data[:cut])
            flipped = bytearray(data)
            flipped[cut] ^= 1 << rng.randrange(8)
            if unpacked(flipped) != unpacked(data):   # some bits of a zstd frame mean nothing
                refused(f'bit of {cut} flipped', bytes(flipped))
        refused('something behind it', data + b'x')
        raw = rebuilt(data, lambda m: None)
        for i in range(25):
            flipped = bytearray(raw)
            flipped[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
            refused('a bit flipped', bytes(flipped))

        def find(members, name):
            return next(m for m in members if m[0].name == name)

        def manifest(edit):
            def change(members):
                m = json.loads(members[0][1])
                edit(m)
                members[0][1] = json.dumps(m).encode()
            return change

        def insert(name, **attributes):
            def change(members):
                info = tarfile.TarInfo(name)
                for k, v in attributes.items():
                    setattr(info, k, v)
                members.insert(-1, [info, b''])
                m = json.loads(members[0][1])
                m['states'][-1]['members'] += 1
                m['states'][-1]['mounts'][0]['paths'].append({'path': '/' + name.split('/', 1)[1], 'host': None})
                members[0][1] = json.dumps(m).encode()
            return change

        def rename(old, new):
            return lambda members: setattr(find(members, old)[0], 'name', new)

        def link_to(name, target):
            return lambda members: setattr(find(members, name)[0], 'linkname', target)

        for what, edit in {
            'above the tree': rename('files/home/agent/d/f', 'files/../../etc/f'),
            'absolute': rename('files/home/agent/d/f', '/files/home/agent/d/f'),
            'of no state': rename('files/home/agent/d/f', 'other/home/agent/d/f'),
            'not in the manifest': rename('files/home/agent/d/f', 'files/home/agent/d/h'),
            'twice': rename('files/home/agent/d/f', 'files/home/agent/d/g'),
            'below a link': insert('files/home/agent/l/f'),
            'below a rw mount': insert('files/rw/f'),
            'the place of a mount': insert('files/workspace', type=tarfile.SYMTYPE, linkname='/rw'),
            'a part of /proc': insert('files/proc/1'),
            'a long name': insert('files/home/agent/' + 'n' * 300),
            'a link to nothing': link_to('files/home/agent/d/g', 'files/home/agent/d/none'),
            'a link to itself': link_to('files/home/agent/d/g', 'files/home/agent/d/g'),
            'a link out': link_to('files/home/agent/d/g', '/etc/passwd'),
            'a member too few': lambda m: m.remove(find(m, 'files/home/agent/l')),
            'a member too many': lambda m: m.insert(-1, [tarfile.TarInfo('files/more'), b'']),
            'no manifest': lambda m: m.pop(0),
            'an empty manifest': lambda m: m[0].__setitem__(1, b''),
            'a deep manifest': lambda m: m[0].__setitem__(1, b'[' * 100000),
            'states out of order': manifest(lambda m: m['states'].reverse()),
            'no states': manifest(lambda m: m['states'].clear()),
            'a state twice': manifest(lambda m: m['states'].insert(0, m['states'][0])),
            'a strange snapshot': manifest(lambda m: m['states'][1].update(tree='snapshots/../x')),
            'its own parent': manifest(lambda m: m['states'][1].update(parent='snapshots/one')),
            'a strange name': manifest(lambda m: m.update(name='../x')),
            'a mount too many': manifest(lambda m: m['states'][-1]['mounts'].append({'mount': 9, 'number': 9, 'paths': []})),
            'the rw mount': manifest(lambda m: m['states'][-1]['mounts'].append({'mount': 2, 'number': 2, 'paths': []})),
            'a strange path': manifest(lambda m: m['states'][-1]['mounts'][0]['paths'].append({'path': '/a/../b', 'host': None})),
            'a broken shell': manifest(lambda m: m['states'][-1].update(shell='AAAA')),
            'a broken configuration': manifest(lambda m: m.update(config='/////w==')),
            'huge numbers': manifest(lambda m: m['states'][-1].update(members=1e300)),
            'negative numbers': manifest(lambda m: m.update(ttlMs=-1)),
            'a newer version': manifest(lambda m: m.update(version=2)),
        }.items():
            refused(what, rebuilt(data, edit))
        equal(sorted(os.listdir(top)), ['p'])
        # A bomb: a few kilobytes that are 128 MB.
        bomb = subprocess.run(['zstd', '-c', '-19'], input=rebuilt(data, lambda m: find(m, 'snapshots/one/home/agent/d/f').__setitem__(1, bytes(1 << 27))), capture_output=True).stdout
        status, _, err = put(bomb, '--mount', top + '/p:/workspace', '--mount', top + ':/rw:rw', '--limit', 'file_bytes=64M')
        if status != 2 or 'more files than the session may hold' not in err:
            raise AssertionError(err)
        equal(json.loads(ok('list', '--json')), [])


@test
def names_and_files_of_archives():
    ok('run', 's', 'echo 1 > f')
    data = archive('s')
    status, _, err = put(data)
    equal((status, err), (2, 'nacre: session s exists already; -n NAME gives the new one another name\n'))
    imported(data, '-n', 't')
    equal(ok('run', 't', 'cat f'), '1\n')
    fails(2, 'too early', 'import', os.devnull)
    for option, value in (('--env', 'A=b'), ('--workdir', '/tmp'), ('--preset', 'p')):   # none is read and then ignored
        fails(2, 'the session has its own', 'import', os.devnull, option, value)
    fails(2, 'with --trust the archive says it', 'import', os.devnull, '--trust', '--limit', 'fds=9')
    fails(2, 'No such file', 'import', '/none/such')
    fails(2, 'Is a directory', 'import', '/')
