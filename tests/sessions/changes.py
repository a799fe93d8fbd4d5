"""diff and apply: what a session changed, told and written to the host. git and the host's own tools are the oracle."""
import json
import os
import random
import shutil
import socket
import subprocess
import time

import harness
from harness import another_home, directory, equal, fails, ok, run, start, test


def write(path, text):
    with open(path, 'w') as f:
        f.write(text)


def listing(top):
    """Names, types, permissions, contents and link targets below a directory."""
    out = []
    for where, dirs, files in os.walk(top):
        for name in sorted(dirs + files):
            path = os.path.join(where, name)
            st = os.lstat(path)
            if os.path.islink(path):
                said = os.readlink(path)
            elif os.path.isdir(path):
                said = 'dir'
            else:
                with open(path, 'rb') as f:
                    said = f.read()
            out.append((os.path.relpath(path, top), 0 if os.path.islink(path) else st.st_mode & 0o777, said))
    return sorted(out)


def make_project(top):
    os.makedirs(top + '/src/deep/er')
    for name, text in (('src/a', 'a\nb\nc\n'), ('src/n', ''.join(f'{i}\n' for i in range(200))), ('src/deep/x', 'x\n'), ('src/deep/er/y', 'y\n'), ('run', '#!/bin/sh\n'), ('sp ace', 'blank')):
        write(f'{top}/{name}', text)
    os.chmod(top + '/run', 0o755)
    os.symlink('a', top + '/src/link')
    with open(top + '/bin', 'wb') as f:
        f.write(b'bin\0ary')
    with open(top + '/big', 'wb') as f:
        f.write(random.Random(1).randbytes(2_000_000))


def random_script(rng):
    """Commands that change a tree; what cp takes along of a directory that it copies into itself depends on the order of inodes, so there is none of that; each may fail, in the sandbox as on the host (where root may more: no directory is closed)."""
    names = ['src', 'src/deep', 'src/deep/er', 'src/a', 'src/n', 'src/deep/x', 'src/link', 'run', 'bin', 'big', 'new', 'd', 'd/e', 'src/new', 'sp ace']
    out = []
    for i in range(rng.randrange(3, 12)):
        a, b = (f"'{rng.choice(names)}'" for _ in range(2))
        out.append(rng.choice([
            f'echo {i} >> {a}', f'echo {i} > {a}', f'rm -rf {a}', f'mv {a} {b}', f'mkdir -p {a}', f'chmod {rng.choice(("700", "755", "711"))} {a}',
            f'ln -sfn target{i} {a}', f"sed -i '3d;7s/$/x/' {a}", f'printf {i} | dd of={a} bs=1 seek=100 conv=notrunc', f'head -c 200000 /dev/zero > {a}',
            f'[[ $(realpath -m {b})/ == $(realpath -m {a})/* ]] || cp -r {a} {b}',
        ]))
    return '\n'.join(f'{{ {c}; }} 2>/dev/null' for c in out) + '\n:'


def session_and_copy(top, name, rng):
    """A session over a project `p`, and `want`, in which bash did what the session did. Gives the script."""
    make_project(top + '/p')
    shutil.copytree(top + '/p', top + '/want', symlinks=True)
    ok('create', '-n', name, '--mount', top + '/p:/workspace')
    script = random_script(rng) + '\n' + random_script(rng)
    ok('run', name, script)
    subprocess.run(['bash', '-c', script], cwd=top + '/want', check=True)
    return script


@test
def diff_tells_what_git_tells():
    with directory() as top:
        make_project(top + '/p')
        for seed in range(25):
            rng = random.Random(seed)
            name = f's{seed}'
            ok('create', '-n', name, '--mount', top + '/p:/workspace')
            script = random_script(rng)
            for part in (script, random_script(rng)):
                ok('run', name, part)
                script += '\n' + part if part is not script else ''
            shutil.copytree(top + '/p', top + '/want', symlinks=True)
            subprocess.run(['bash', '-c', script], cwd=top + '/want', check=True)
            shutil.copytree(top + '/p', top + '/got', symlinks=True)
            patch = ok('diff', name, '--content', '/workspace')
            if 'Binary files' not in patch and patch:
                # Applied to a copy of what was there, the patch gives what is there; git keeps no empty directories.
                subprocess.run(['git', 'apply', '--unsafe-paths', '-p2', '--whitespace=nowarn'], cwd=top + '/got', input=patch.encode(), check=True)
                files = [[(p, m & 0o100, said) for p, m, said in listing(top + '/' + d) if said != 'dir'] for d in ('got', 'want')]
                if files[0] != files[1]:
                    raise AssertionError(f'seed {seed}: {script}\n{patch}')
            told = json.loads(ok('diff', name, '--json', '/workspace'))['diff']
            if not told['renamed']:
                was, now = (dict((p, (m, said)) for p, m, said in listing(top + '/' + d)) for d in ('p', 'want'))
                strip = lambda paths: sorted(p.removeprefix('/workspace/') for p in paths if p != '/workspace')
                equal((seed, strip(told['created'])), (seed, sorted(now.keys() - was.keys())))
                equal((seed, strip(told['deleted'])), (seed, sorted(was.keys() - now.keys())))
                equal((seed, strip(told['modified'])), (seed, sorted(p for p in was.keys() & now.keys() if was[p][1] != now[p][1])))
            # Applied, the host is as the session is, and nothing is left to tell.
            ok('apply', name)
            if listing(top + '/p') != listing(top + '/want'):
                raise AssertionError(f'seed {seed}: {script}\n{set(map(str, listing(top + "/p"))) ^ set(map(str, listing(top + "/want")))}')
            equal((seed, ok('diff', name, '/workspace'), ok('apply', name)), (seed, '', ''))
            for d in ('p', 'want', 'got'):
                shutil.rmtree(top + '/' + d)
            make_project(top + '/p')


@test
def diff_between_states():
    ok('run', 's', 'echo 1 > f; mkdir d; echo g > d/g')
    ok('snapshot', 's', 'one')
    ok('run', 's', 'echo 2 > f; mv d e; chmod 600 e/g')
    equal(ok('diff', 's', '--from', 'one'), 'R /home/agent/d -> /home/agent/e\nP /home/agent/e/g\nM /home/agent/f\n')
    equal(ok('diff', 's', '--from', 'one', 'f'), 'M /home/agent/f\n')
    equal(ok('diff', 's', '--from', 'one', '--to', 'one'), '')
    equal(ok('diff', 's', '--to', 'one'), 'A /home/agent/d\nA /home/agent/d/g\nA /home/agent/f\n')
    ok('snapshot', 's', 'two')
    ok('rollback', 's', 'one')
    ok('run', 's', 'echo 3 > f; echo h > d/h')
    # From a state that this one did not come from.
    equal(ok('diff', 's', '--from', 'two'),
          'A /home/agent/d\nA /home/agent/d/g\nA /home/agent/d/h\nD /home/agent/e\nD /home/agent/e/g\nM /home/agent/f\n')
    equal(ok('diff', 's', '--from', 'two', '--content', 'f'), 'diff --git a/home/agent/f b/home/agent/f\n--- a/home/agent/f\n+++ b/home/agent/f\n@@ -1 +1 @@\n-2\n+3\n')
    equal([(x['name'], x['parent'], x['bytes'] > 0) for x in json.loads(ok('snapshots', 's', '--json'))], [('one', None, True), ('two', 'one', True)])
    name = ok('snapshot', 's').removeprefix('snapshot ').strip()
    ok('run', 's', 'rm f')
    ok('rollback', 's', name)
    equal(ok('run', 's', 'cat f'), '3\n')
    ok('fork', 's', 'other')
    equal(ok('diff', 'other'), ok('diff', 's'))
    fails(2, 'no snapshot nosuch', 'diff', 's', '--from', 'nosuch')


@test
def large_directories_are_compared():
    with directory() as top:
        for i in range(3000):
            write(f'{top}/f{i}', f'{i}\n')
        ok('create', '-n', 's', '--mount', top + ':/workspace')
        ok('run', 's', 'rm f1; echo x > f2; mv f3 g3; echo new > n')
        equal(ok('diff', 's'), 'D /workspace/f1\nM /workspace/f2\nR /workspace/f3 -> /workspace/g3\nA /workspace/n\n')
        ok('run', 's', 'rm f4 n; echo y > f2')
        equal(ok('diff', 's'), 'D /workspace/f1\nM /workspace/f2\nR /workspace/f3 -> /workspace/g3\nD /workspace/f4\n')
        ok('apply', 's')
        equal((os.path.exists(top + '/f4'), os.path.exists(top + '/g3'), len(os.listdir(top))), (False, True, 2998))


@test
def what_the_host_changed_meanwhile():
    with directory() as top:
        make_project(top + '/p')
        p = top + '/p/'
        ok('create', '-n', 's', '--mount', p + ':/workspace')
        ok('run', 's', 'echo s >> src/a; rm src/n; rm -r src/deep; echo s > new; echo s > both; mkdir dir; echo s > run; chmod 600 bin; ln -sf s src/link')
        time.sleep(0.01)
        for name in ('src/a', 'src/n', 'src/deep/late', 'new', 'run'):
            with open(p + name, 'a') as f:
                f.write('host\n')
        write(p + 'both', 's\n')      # the same on both sides is no conflict
        os.mkdir(p + 'dir')
        os.remove(p + 'bin')
        before = listing(p)
        status, out, err = run('apply', 's')
        equal((status, out), (1, ''))
        equal(sorted(line.removeprefix('nacre: ' + p) for line in err.splitlines()[:-1]), [
            'bin: deleted on the host meanwhile', 'new: created on the host meanwhile', 'run: changed on the host meanwhile', 'src/a: changed on the host meanwhile',
            'src/deep: the host has late in it, which the session did not delete', 'src/n: changed on the host meanwhile'])
        equal(listing(p), before)
        equal(run('apply', 's', '--dry-run')[0], 1)
        told = json.loads(run('apply', 's', '--json')[1])
        equal(sorted(c['path'] for c in told['conflicts'])[:2], ['/workspace/bin', '/workspace/new'])
        # A part of it, which has no conflict.
        equal(ok('apply', 's', 'src/link', '/workspace/both', 'dir'), f'A {p}both\nA {p}dir\nM {p}src/link\n')
        equal(os.readlink(p + 'src/link'), 's')
        equal('src/link' in ok('diff', 's'), False)
        fails(2, 'nothing was changed', 'apply', 's', 'src/link')
        ok('run', 's', 'echo t > both')
        equal(ok('apply', 's', 'both'), f'M {p}both\n')
        status, out, err = run('apply', 's', '--force')
        equal((status, err.count('meanwhile'), err), (0, 5, err))
        equal((open(p + 'src/a').read(), open(p + 'run').read(), os.path.exists(p + 'src/n'), os.listdir(p + 'src/deep')), ('a\nb\nc\ns\n', 's\n', False, ['late']))
        equal(os.path.exists(p + 'bin'), False)   # only its mode was changed here: what it held is nowhere
        equal(ok('diff', 's'), '')
        ok('run', 's', 'ls src/deep; echo 5 > /tmp/x')
        fails(2, 'no cow mount', 'apply', ok('create').strip())


@test
def a_file_of_several_names():
    with directory() as top:
        ok('create', '-n', 's', '--mount', top + ':/workspace')
        ok('run', 's', 'echo 1 > a; mkdir d; ln a d/b; ln a c; echo 1 > /tmp/other')
        ok('apply', 's')
        ok('run', 's', 'ln -f a d/b; ln -f a c')
        ok('snapshot', 's', 'one')
        ok('run', 's', 'echo 2 >> d/b; mv c e; chmod 600 a')
        equal(ok('diff', 's', '--from', 'one'), 'M /workspace/a\nP /workspace/a\nR /workspace/c -> /workspace/e\nM /workspace/d/b\nP /workspace/d/b\nM /workspace/e\nP /workspace/e\n')
        ok('apply', 's')
        equal([open(f'{top}/{name}').read() for name in ('a', 'd/b', 'e')], ['1\n2\n'] * 3)


@test
def what_snapshots_have_from_the_host_outlives_an_apply():
    with directory() as top:
        os.makedirs(top + '/p/dir/sub')
        os.mkdir(top + '/p/kept')
        for name in ('dir/f', 'dir/sub/g', 'other', 'third', 'kept/a', 'kept/b'):
            write(f'{top}/p/{name}', name + '\n')
        write(top + '/p/big', ''.join(f'{n}\n' for n in range(800000)))
        os.symlink('sub/g', top + '/p/dir/l')
        show = 'ls -l --time-style=+%s | sed 1d; cat moved/f moved/l named; md5sum big; cat kept/*'
        ok('create', '-n', 's', '--mount', top + '/p:/workspace')
        ok('run', 's', 'cd /workspace; mv dir moved; mv other named; printf X | dd of=big conv=notrunc bs=1 seek=10 2>/dev/null; echo c > kept/c')
        ok('snapshot', 's', 'one')
        was, told = ok('run', 's', show), ok('diff', 's', '--content')
        ok('run', 's', 'rm -r moved/sub; echo new > other; echo 1 >> big; rm kept/b; mv third moved')
        ok('apply', 's', 'other', 'kept')
        equal(ok('run', 's', 'ls; cat named; tail -n 2 big; cat moved/third'), 'big\nkept\nmoved\nnamed\nother\nother\n799999\n1\nthird\n')
        ok('apply', 's')
        ok('run', 's', 'rm -r /workspace/*; ln -s x moved')
        ok('apply', 's')
        ok('fork', 's', 'copy', '--from', 'one')
        equal(ok('run', 'copy', show), was)
        data = subprocess.run([harness.nacre, 'export', 's'], stdout=subprocess.PIPE, check=True, env=harness.environment()).stdout
        with another_home():
            subprocess.run([harness.nacre, 'import', '--trust', '--force'], input=data, check=True, stdout=subprocess.DEVNULL, env=harness.environment())
            ok('rollback', 's', 'one')
            equal(ok('run', 's', show), was)
        ok('gc')
        ok('rollback', 's', 'one')
        equal(ok('diff', 's', '--content'), told)
        ok('doctor')
        equal(ok('run', 's', 'cat moved/sub/g'), 'dir/sub/g\n')


@test
def what_a_snapshot_changed_is_told_after_an_apply():
    with directory() as top:
        write(top + '/f', 'old\n')
        ok('create', '-n', 's', '--mount', top + ':/workspace')
        ok('run', 's', 'echo new > /workspace/f')
        ok('snapshot', 's', 'one')
        told = ok('diff', 's', '--content')
        ok('apply', 's')
        ok('rollback', 's', 'one')
        equal(ok('diff', 's', '--content'), told)


@test
def a_state_without_changes_outlives_an_apply():
    with directory() as top:
        os.makedirs(top + '/d')
        write(top + '/f', 'old\n')
        ok('create', '-n', 's', '--mount', top + ':/workspace')
        ok('snapshot', 's', 'one')
        ok('run', 's', 'mv f d')
        ok('apply', 's')
        ok('rollback', 's', 'one')
        equal((ok('run', 's', 'find . -type f'), ok('diff', 's')), ('./d/f\n', ''))


VIEW = r"find . -mindepth 1 \( -type f -printf '%p %m ' -exec md5sum {} \; -o -printf '%p %y %l\n' \) | sort"


@test
def applies_of_some_paths_leave_the_session_as_it_is():
    for seed in [47, 294, 347, 525, 736, 899, *range(15)]:
        rng = random.Random(seed)
        with directory() as top:
            name = f's{seed}'
            session_and_copy(top, name, rng)
            ok('snapshot', name, 'done')

            def view():
                return ok('run', name, '--isolated', '-C', '/workspace', VIEW)
            whole = view()
            for _ in range(rng.randrange(4)):
                told = json.loads(ok('diff', name, '--json', '/workspace'))['diff']
                paths = [p for kind in ('created', 'modified', 'deleted', 'modeChanged') for p in told[kind]] + [p for r in told['renamed'] for p in (r['from'], r['to'])]
                if paths:
                    ok('apply', name, *rng.sample(paths, min(len(paths), rng.randrange(1, 4))))
                equal((seed, view()), (seed, whole))
                equal((seed, *what_diff_tells(top, name)), (seed, set(), set()))
            ok('apply', name)
            equal((seed, listing(top + '/p')), (seed, listing(top + '/want')))
            equal((seed, ok('diff', name, '/workspace'), view()), (seed, '', whole))
            ok('rollback', name, 'done')
            equal((seed, view()), (seed, whole))
            ok('terminate', name)


def what_diff_tells(top, name):
    """Paths that it tells though the host has them as they are to be, and paths that differ of which it does not tell."""
    told = json.loads(ok('diff', name, '--json', '/workspace'))['diff']
    was, want = ({p: said for p, *said in listing(top + '/' + d)} for d in ('p', 'want'))
    differ = {p for p in was.keys() | want.keys() if was.get(p) != want.get(p)}
    plain = {p.removeprefix('/workspace/') for kind in ('created', 'modified', 'deleted', 'modeChanged') for p in told[kind]}
    renamed = set()
    for r in told['renamed']:
        for end, tree in ((r['from'], was), (r['to'], want)):
            end = end.removeprefix('/workspace/')
            renamed |= {p for p in tree if p == end or p.startswith(end + '/')}
    return plain - differ, differ - plain - renamed


@test
def special_files_and_the_mount_itself():
    with directory() as top, socket.socket(socket.AF_UNIX) as s:
        s.bind(top + '/sock')
        write(top + '/f', 'f\n')
        ok('create', '-n', 's', '--mount', top + ':/workspace')
        ok('run', 's', 'chmod 755 /workspace; mv sock moved; echo g > f')
        equal(ok('diff', 's'), 'P /workspace\nM /workspace/f\nR /workspace/sock -> /workspace/moved\n')
        status, out, err = run('apply', 's')
        equal((status, 'moved: a special file cannot be made on the host' in err, open(top + '/f').read()), (1, True, 'f\n'))
        equal((run('apply', 's', '--force')[0], open(top + '/f').read(), os.path.exists(top + '/moved')), (0, 'g\n', False))


@test
def directories_for_other_mounts_stay_out_of_the_host():
    with directory() as top, directory() as other:
        write(top + '/f', 'f\n')
        ok('create', '-n', 's', '--mount', top + ':/workspace', '--mount', other + ':/workspace/a/b:ro')
        ok('run', 's', 'echo g > f')
        equal(ok('apply', 's').split()[0::2], ['M'])
        equal(os.listdir(top), ['f'])


@test
def apply_is_whole_after_a_kill():
    rng = random.Random(3)
    with directory() as top:
        usual, cut = 0.05, 0
        for number in range(harness.kills):
            name = f'k{number}'
            script = session_and_copy(top, name, rng)
            p, begin = start('apply', name), time.monotonic()
            try:
                p.communicate(timeout=rng.random() * 1.5 * usual)
                usual = 0.8 * usual + 0.2 * (time.monotonic() - begin)
            except subprocess.TimeoutExpired:
                p.kill()
                p.communicate()
                cut += 1
            # Every file is as it was or as it is to be; then the rest is done.
            old = {said for _, _, said in listing(top + '/want')} | {b'bin\0ary'}
            with directory() as fresh:
                make_project(fresh + '/p')
                old |= {said for _, _, said in listing(fresh + '/p')}
            for path, _, said in listing(top + '/p'):
                if '.nacre-apply-' not in path and said not in old:
                    raise AssertionError(f'{path} is there in part: {script}')
            ok('apply', name)
            if listing(top + '/p') != listing(top + '/want'):
                raise AssertionError(f'{number}: {script}\n{set(map(str, listing(top + "/p"))) ^ set(map(str, listing(top + "/want")))}')
            equal(ok('diff', name, '/workspace'), '')
            ok('terminate', name)
            shutil.rmtree(top + '/p')
            shutil.rmtree(top + '/want')
        print(f'  ({number + 1} times applied, {cut} of them cut off first)')
