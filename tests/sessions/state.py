"""Sessions as a user drives them: state that lasts, mounts, snapshots, two processes at once, bad input."""
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import time

from harness import equal, fails, ok, run, start, test


@test
def shell_state_lasts():
    ok('create', '-n', 's')
    ok('run', 's', '''cd /tmp; x="a  b"; a=(1 [5]=5); declare -A h=([k]=v [l]="w x"); declare -i n=3; declare -r r=1; export e=1
f() { echo "f $1"; }; export -f f; alias ll='ls -l'; set -o pipefail; shopt -s extglob; trap 'echo usr1' USR1; umask 027; unset HOME; (exit 5)''', status=5)
    equal(ok('run', 's', '''echo $? "$x" ${!a[@]} ${h[l]} $PWD $e ${HOME-none}; n+=4; echo $n; f 2; bash -c 'f 3'; alias; umask
(r=2) 2>&1; shopt extglob; set -o | grep pipefail; kill -USR1 $$; :'''),
          '5 a  b 0 5 w x /tmp 1 none\n7\nf 2\nf 3\nalias ll=\'ls -l\'\n0027\nbash: line 2: r: readonly variable\n'
          'extglob        \ton\npipefail       \ton\nusr1\n')


@test
def functions_last():
    ok('run', 'f', """shopt -s extglob expand_aliases; alias say='echo said'
f() {
  echo $LINENO $FUNCNAME
  case $1 in @(a|b)) echo said $1 ;; esac
  cat <<END
here $1
END
}
g() ( f b; say $1 )
function h { :; }; declare -ft h; declare -fr g""")
    equal(ok('run', 'f', 'unalias say; f a; g g; declare -Fp; declare -f h'),
          '3 f\nsaid a\nhere a\n3 f\nsaid b\nhere b\nsaid g\ndeclare -f f\ndeclare -fr g\ndeclare -ft h\nh () \n{ \n    :\n}\n')
    ok('run', 'f', 'shopt -u extglob; set -eu; f() { false; echo no; }')
    equal(run('run', 'f', 'f; echo not reached'), (1, '', ''))


@test
def files_last():
    ok('run', 's', 'mkdir -p d/e; echo hello > d/e/f; ln -s f d/e/l; ln d/e/f d/g; chmod 640 d/g; mkfifo p; head -c 300000 /dev/zero | tr "\\0" x > big; touch -d 2001-02-03 old')
    equal(ok('run', 's', 'cat d/e/l; stat -c "%A %h" d/g; stat -c %F p; wc -c < big; date -r old +%F; echo more >> d/g; printf Z | dd of=big bs=1 seek=100000 conv=notrunc status=none'),
          'hello\n-rw-r----- 2\nfifo\n300000\n2001-02-03\n')
    equal(ok('run', 's', 'cat d/e/f; tr -d x < big; rm -r d; mv big small; truncate -s 10 small; ls'), 'hello\nmore\nZold\np\nsmall\n')
    equal(ok('run', 's', 'ls; wc -c < small'), 'old\np\nsmall\n10\n')


@test
def large_directories():
    ok('run', 'many', 'mkdir m; cd m; for ((i = 0; i < 10000; i++)); do echo $i > f$i; done')
    equal(ok('run', 'many', 'ls | wc -l; cat f9999; rm f1*; echo new > n; mv f2 g2'), '10000\n9999\n')
    equal(ok('run', 'many', 'ls | wc -l; cat n g2 f30; ls f1 2>&1', status=2), "8890\nnew\n2\n30\nls: cannot access 'f1': No such file or directory\n")


@test
def cow_mounts():
    project = tempfile.mkdtemp()
    os.makedirs(project + '/src/deep')
    for name, text in (('src/a', 'a\n'), ('src/b', 'b\n'), ('src/c', 'c\n'), ('src/deep/x', 'x\n')):
        with open(f'{project}/{name}', 'w') as f:
            f.write(text)
    big = random.Random(1).randbytes(3_000_000)
    with open(project + '/big', 'wb') as f:
        f.write(big)
    before = subprocess.check_output(['find', project, '-printf', '%P %m %s\n'])
    ok('create', '-n', 'm', '--mount', project + ':/workspace')
    ok('run', 'm', 'sed -i s/a/A/ src/a; rm src/b; mv src/c src/deep/d; chmod 700 src/deep/x; echo n > new; ln src/a hard; printf ZZ | dd of=big bs=1 seek=1000000 conv=notrunc status=none')
    sum_ = ok('run', 'm', 'md5sum < big')
    equal(ok('run', 'm', 'pwd; find . | sort | xargs echo; cat src/a hard src/deep/d new; stat -c %a src/deep/x; md5sum < big'),
          '/workspace\n. ./big ./hard ./new ./src ./src/a ./src/deep ./src/deep/d ./src/deep/x\nA\nA\nc\nn\n700\n' + sum_)
    equal(sum_, hashlib.md5(big[:1000000] + b'ZZ' + big[1000002:]).hexdigest() + '  -\n')
    equal(subprocess.check_output(['find', project, '-printf', '%P %m %s\n']), before)
    with open(project + '/src/late', 'w') as f:
        f.write('late\n')
    with open(project + '/later', 'w') as f:
        f.write('later\n')
    # A directory that was changed here is as it was then; others show the host's present.
    equal(ok('run', 'm', 'ls src; cat later 2>&1; ls src/deep'), "a\ndeep\ncat: later: No such file or directory\nd\nx\n")
    shutil.rmtree(project)
    fails(125, 'No such file', 'run', 'm', 'true')


@test
def a_link_in_the_place_of_a_mount():
    with tempfile.TemporaryDirectory() as top:
        top = os.path.realpath(top)
        for name in ('p/sub', 'outside'):
            os.makedirs(f'{top}/{name}')
        with open(top + '/outside/secret', 'w') as f:
            f.write('secret')
        ok('create', '-n', 's', '--mount', top + '/p:/p:rw', '--mount', top + '/p/sub:/sub:rw')
        ok('run', 's', 'echo 1 > /sub/f; rm -r /p/sub; ln -s ../outside /p/sub')
        equal(os.path.islink(top + '/p/sub'), True)
        status, out, err = run('run', 's', 'cat /sub/secret; echo 2 > /sub/f')
        equal((status, out, 'symbolic link now' in err, os.listdir(top + '/outside')), (125, '', True, ['secret']))


@test
def snapshots():
    ok('run', 'v', 'echo 1 > f; x=1')
    equal(ok('snapshot', 'v', 'one'), 'snapshot one\n')
    ok('run', 'v', 'echo 2 > f; x=2; rm -f g; echo g > g')
    ok('snapshot', 'v', 'two')
    ok('run', 'v', 'rm f; x=3')
    fails(2, 'exists already', 'snapshot', 'v', 'one')
    ok('fork', 'v', 'w', '--from', 'one')
    ok('fork', 'v', 'now')
    equal(ok('run', 'w', 'cat f; echo $x; ls; echo w > f'), '1\n1\nf\n')
    equal(ok('run', 'now', 'ls; echo $x; echo n > only'), 'g\n3\n')
    ok('rollback', 'v', 'two')
    equal(ok('run', 'v', 'cat f g; echo $x'), '2\ng\n2\n')
    ok('rollback', 'v', 'one')
    equal(ok('run', 'v', 'cat f; echo $x; ls'), '1\n1\nf\n')
    equal(ok('run', 'w', 'cat f'), 'w\n')
    equal([s['name'] for s in json.loads(ok('snapshots', 'v', '--json'))], ['one', 'two'])
    lines = ok('snapshots', 'v').splitlines()
    equal((lines[0].split(), bool(re.fullmatch(r'one +[-\d]+ [:\d]+ +\d+s +\S+ +-', lines[1])), lines[2].split()[-1]),
          (['NAME', 'CREATED', 'AGE', 'SIZE', 'PARENT'], True, 'one'))
    ok('snapshot', 'v', 'two', '--drop')
    fails(2, 'no snapshot two', 'rollback', 'v', 'two')
    ok('terminate', 'w')
    ok('gc')
    equal(ok('run', 'v', 'cat f'), '1\n')
    equal(ok('run', 'now', 'ls'), 'g\nonly\n')


@test
def isolated_and_workdir():
    ok('run', 'i', 'x=1; cd /tmp')
    equal(ok('run', 'i', '--isolated', 'echo ${x-unset}; x=2; cd /; echo i > /tmp/i'), 'unset\n')
    equal(ok('run', 'i', 'echo $x $PWD; cat i'), '1 /tmp\ni\n')
    equal(ok('run', 'i', '-C', '/usr', 'pwd'), '/usr\n')
    equal(ok('run', 'i', 'echo "$0 $1 $2"', 'one', '-two'), 'bash one -two\n')
    equal(run('run', 'i', 'exit 7')[0], 7)
    equal(ok('run', 'i', 'echo $x'), '1\n')


@test
def ends_by_limits_are_kept():
    status, out, err = run('run', 'l', '--timeout', '200ms', 'echo before; x=1; while :; do :; done')
    equal((status, out), (124, 'before\n'))
    equal(ok('run', 'l', 'echo ${x-unset}'), '1\n')


@test
def limits_and_paths_of_a_session():
    ok('create', '-n', 'q', '--limit', 'output_bytes=1000')
    for more in ([], ['--limit', 'steps=100000000']):   # a limit of the run leaves the session's others
        equal(run('run', 'q', *more, 'yes')[2].startswith('nacre: run ended: limit output_bytes'), True)
    project = tempfile.mkdtemp()
    os.mkdir(project + '/sub')
    run('create', '-n', 'rel', '--mount', 'sub:/workspace', cwd=project)
    equal(ok('run', 'rel', 'pwd'), '/workspace\n')
    shutil.rmtree(project)
    for option in ('--dump-ast', '-i', '--version'):
        fails(2, 'unknown option', 'create', option)


@test
def history():
    ok('run', 'h', 'echo 1')
    run('run', 'h', 'exit 3')
    equal([(r['run'], r['command'], r['exitCode']) for r in json.loads(ok('history', 'h', '--json'))], [(1, 'echo 1', 0), (2, 'exit 3', 3)])
    ok('history', 'h', '--clear')
    equal(json.loads(ok('history', 'h', '--json')), [])


@test
def time_to_live():
    ok('create', '-n', 't', '--ttl', '2s')
    equal(ok('run', 't', 'echo alive'), 'alive\n')
    time.sleep(2.5)
    fails(2, 'no session t', 'show', 't')
    ok('create', '-n', 't', '--ttl', '2s')
    slow = start('run', 't', 'sleep 4; echo done')
    time.sleep(3)
    ok('list')   # would end it, were it not running
    equal(slow.communicate(timeout=20)[0], b'done\n')
    ok('show', 't')


@test
def two_processes():
    first = start('run', 'b', 'echo first > f; sleep 1')
    time.sleep(0.5)
    fails(125, 'in use by process', 'run', 'b', '--no-wait', 'true')
    fails(2, 'in use by', 'terminate', 'b')
    equal(ok('run', 'b', 'cat f'), 'first\n')
    equal(first.wait(timeout=20), 0)
    many = [start('run', 'b', f'echo {i} >> all') for i in range(6)]
    for p in many:
        equal(p.wait(timeout=30), 0)
    equal(ok('run', 'b', 'sort all | xargs echo'), '0 1 2 3 4 5\n')
    other = [start('run', f'o{i}', f'echo {i} > x; cat x') for i in range(4)]
    equal([p.communicate(timeout=30)[0] for p in other], [b'%d\n' % i for i in range(4)])


@test
def errors():
    fails(2, 'no session nosuch', 'show', 'nosuch')
    fails(2, 'unknown option', 'list', '--nope')
    fails(2, 'usage: nacre run', 'run', 'x')
    fails(2, 'not a duration', 'create', '--ttl', 'soon')
    fails(2, 'session name', 'create', '-n', 'a/b')
    fails(2, 'cannot be kept', 'create', '--seed', '1')
    ok('create', '-n', 'dup')
    fails(2, 'exists already', 'create', '-n', 'dup')
    fails(2, 'belongs to nacre create', 'run', 'dup', '--env', 'A=1', 'true')
    fails(125, 'workdir', 'run', 'dup', '-C', '/none', 'true')
    ok('terminate', 'dup')
    fails(2, 'no session dup', 'terminate', 'dup')
