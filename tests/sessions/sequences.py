"""Sessions over a cow mount, driven at random: runs, snapshots, rollbacks, forks and applies. bash on a copy is the oracle."""
import json
import os
import random
import shutil
import subprocess

import harness
from changes import listing, make_project, random_script
from harness import directory, equal, ok, run, test


def copy_out(name, to):
    """What the session sees under its mount, in a directory of the host."""
    shutil.rmtree(to, ignore_errors=True)
    os.makedirs(to)
    p = subprocess.run([harness.nacre, 'run', name, '--isolated', '-C', '/workspace', 'tar cf - .'], env=harness.environment(), capture_output=True)
    equal((p.returncode, p.stderr), (0, b''))
    subprocess.run(['tar', 'xf', '-', '-C', to, '--no-same-owner'], input=p.stdout, check=True)
    return listing(to)


def one_sequence(rng, top, name):
    host, copy, seen = top + '/p', top + '/copy', top + '/seen'
    make_project(host)
    ok('create', '-n', name, '--mount', host + ':/workspace')
    snapshots, rolled_back, log = [], False, []
    for step in range(rng.randrange(4, 12)):
        what = rng.choice(['run'] * 4 + ['snapshot'] * 2 + ['apply some'] * 2 + ['apply', 'rollback', 'fork'])
        if what == 'run':
            copy_out(name, copy)
            script = random_script(rng)
            log.append(script)
            ok('run', name, '-C', '/workspace', script)
            subprocess.run(['bash', '-c', script], cwd=copy, check=True)
            equal((log, copy_out(name, seen)), (log, listing(copy)))
        elif what == 'snapshot':
            snapshots.append(f'n{step}')
            ok('snapshot', name, snapshots[-1])
        elif what in ('rollback', 'fork') and snapshots:
            log.append(f'{what} {rng.choice(snapshots)}')
            if what == 'rollback':
                ok('rollback', name, log[-1].split()[1])
                rolled_back = True
                copy_out(name, seen)
            else:
                ok('fork', name, f'{name}-{step}', '--from', log[-1].split()[1])
                copy_out(f'{name}-{step}', seen)
        elif what.startswith('apply'):
            before = copy_out(name, copy)
            told = json.loads(ok('diff', name, '--json', '/workspace'))['diff']
            paths = [p for kind in ('created', 'modified', 'deleted', 'modeChanged') for p in told[kind]] + [p for r in told['renamed'] for p in (r['from'], r['to'])]
            some = rng.sample(paths, min(len(paths), rng.randrange(1, 4))) if what == 'apply some' else []
            if what == 'apply some' and not some:
                continue
            log.append(f'apply {some}')
            status, _, err = run('apply', name, *some)
            if rolled_back and 'meanwhile' in err:   # by an apply of what was rolled back
                equal((log, copy_out(name, seen)), (log, before))
                continue
            equal((log, status, err), (log, 0, ''))
            equal((log, copy_out(name, seen)), (log, before))
            if what == 'apply':
                equal((log, listing(host)), (log, before))
    ok('doctor')
    ok('terminate', name)


@test
def random_sequences():
    for seed in range(30):
        with directory() as top:
            one_sequence(random.Random(seed), top, f's{seed}')
