# Attacks that only one command knows: attack_COMMAND, run in /ws after what attacks.sh tries with all.
quiet() { "$@" </dev/null; }

attack_awk() {
  awk 'BEGIN { while ((getline l < "rel") > 0) print l; while ((getline l < "dir/secret") > 0) print l; print "x" > "dir/created"; print "x" >> "abs"; print "x" > "dangling" }'
  awk 'BEGIN { "cat rel" | getline x; print x; print "x" | "tee dangling" }'
  awk -v f=rel 'BEGIN { ARGV[1] = f; ARGC = 2 } { print }'
  awk '@include "rel"'
}
attack_gawk() { attack_awk; }
attack_mawk() { attack_awk; }
attack_bash() {
  bash rel; bash --rcfile rel -i -c :; BASH_ENV=rel bash -c :; ENV=rel bash --posix -c :
  . rel; . dir/secret; source abs
  exec 3< rel; exec 4<> dangling; exec 5>> dir/secret; exec 6> dir/new; cat <&3; echo x >&4
  echo "$(< rel)" "$(< dir/secret)"; mapfile -t a < rel; read -r x < abs; echo "${a[*]}" "$x"
  history -r rel; history -w dangling; history -a dir/new; HISTFILE=rel; history
  cd dir && pwd -P && ls; cd /ws; pushd absdir; dirs; popd; cd -P dir/..; pwd; cd /ws
  for f in abs rel dir/secret absdir/secret dangling "$outside/secret" dir dir/sub; do
    for t in -e -f -d -r -w -x -s -L -O -G -N -p -S -b -c; do test $t $f; printf $?; done; [[ $f -nt plain ]]; printf $?; [[ $f -ef plain ]]; echo $?
  done
  echo dir/* absdir/* */secret sub/parent/../../../outside/* here/*/secret; shopt -s globstar dotglob; echo **/secret; compgen -f dir/; compgen -f "$outside/"
  hash -p "$PWD/rel" stolen; stolen; PATH=/ws/dir:/ws/absdir secret; ./rel; ./dir/secret; enable -f ./rel x; command -v ./dir/secret; type ./rel
  umask 0; : > dangling; : >| abs; : <> danglingabs; echo x &> dir/both; cat < <(cat rel) > >(tee dangling); trap 'cat rel' EXIT
}
attack_sh() { attack_bash; }
attack_cat() { cat < rel; cat rel dir/secret - <abs; (cd dir && cat secret); (cd here/sub/parent && cat ../../../outside/secret); }
attack_chmod() { chmod 777 rel abs dir/secret dangling; chmod -R a+rwx dir/ absdir/. .; chmod --reference=rel plain; chmod --reference=plain rel; chmod -R -L 700 . ; ls -l plain; }
attack_chown() { chown 1000 rel dir/secret; chown -h 1000:1000 rel; chown -R -L agent .; chown -RH agent dir; chown --reference=rel plain; }
attack_chgrp() { chgrp agent rel; chgrp -R -L agent . ; chgrp -h agent dir; }
attack_cmp() { cmp rel abs; cmp -l plain dir/secret; }
attack_cp() {
  local o
  for o in '' -r -a -L -H -P -l -s -f --remove-destination -T -u -i -x --parents --backup -b '-rL --copy-contents' '-aL --no-preserve=links' --attributes-only --sparse=always; do
    for f in rel abs dir dir/. dir/secret absdir/sub dangling sock dev root hard; do quiet cp $o $f /tmp/out; quiet cp $o plain $f; quiet cp $o sub $f; quiet cp $o $f sub; rm -rf /tmp/out; done
    restore
  done
  cp -t dir plain sub/file; cp -r . /tmp/all; cp -rL . /tmp/all2; cp --parents dir/secret /tmp
}
attack_cpio() { cpio -idmu < evil.cpio; cpio -idmu --no-absolute-filenames < evil.cpio; find . | cpio -oL -H newc | cpio -t; find . dir/ -print0 | cpio -o0 | head -c 20000; find . | cpio -pdl /tmp/p; printf 'plain\n' | cpio -pdu dir; restore; }
attack_csplit() { csplit -f dir/x plain 2; csplit rel 1; csplit -f dangling -n1 plain 2; }
attack_cut() { cut -c1-99 rel dir/secret; }
attack_date() { date -r rel; date -f abs; date -r dir; }
attack_dd() { for f in rel abs dir/secret dangling dir/new dev; do dd if=$f; dd if=plain of=$f; dd if=plain of=$f conv=notrunc,nocreat oflag=append; dd if=$f of=/tmp/o; cat /tmp/o; done; }
attack_df() { df rel dir dir/sub "$outside" | tr -d '0-9'; }
attack_diff() { diff rel plain; diff -r dir sub; diff -rN . absdir; diff plain dir; diff --from-file=rel plain sub/file; diff -X rel . sub; }
attack_du() { du -aL .; du -a dir/ absdir; du -D rel dir; du -X rel .; du --files0-from=abs; }
attack_ed() { printf '%s\n' 'e rel' ,p 'r dir/secret' ,p 'w dangling' 'w dir/new' 'f abs' w 'W rel' q | ed plain; printf ',p\nw\nq\n' | ed rel; }
attack_env() { env -C dir cat secret; env -S 'cat rel'; env --chdir=absdir ls; }
attack_file() { file -L rel abs dir dir/sub; file -f rel; file -m rel plain; file -s dev fifo; }
attack_find() {
  find -L . -name secret -exec cat {} +; find dir/ absdir/ -ls; find -H dir rel -type f -print; find . -follow -print; find . -lname '*' -xtype f; find . -samefile rel
  find . -newer abs -name plain; find -L . -inum 1; find . -fprint dangling -o -fls dir/new; find dir/ -delete; find -L . -maxdepth 2 -delete; find -files0-from rel; restore
}
attack_flock() { flock rel cat rel; flock dir/new true; flock -n dangling echo locked; flock absdir ls absdir; }
attack_grep() { grep -r '' .; grep -R '' .; grep -r '' dir absdir rel; grep -f rel plain; grep -c '' rel dir/secret; grep -rl x dir/; grep -s --include-from=rel . plain; grep --exclude-from=rel -r . sub; timeout 5 grep -D read x fifo; }
attack_gzip() { gzip -k rel; gzip -kf rel dir/secret abs; gzip -c rel dir/secret | gzip -dc; gzip -r dir . ; gzip -krf absdir/; cp plain pl2; gzip -f pl2; ln -s ../outside/created pl2.gz; gzip -c plain > c.gz; restore; }
attack_bzip2() { bzip2 -kf rel dir/secret; bzip2 -c abs | bunzip2; }
attack_xz() { xz -kf rel dir/secret; xz -c abs | xz -dc; xz --files=rel; xz --files0=abs -k; }
attack_zstd() { zstd -f rel dir/secret -o dangling; zstd -c abs | zstd -dc; timeout 20 zstd -r dir absdir . ; zstd --filelist=rel; zstd -D rel plain; zstd --output-dir-flat=dir plain; zstd --train dir/* -o dangling; }
attack_head() { head -c 99 rel abs dir/secret; head -n1 < rel; }
attack_iconv() { iconv -f latin1 rel; iconv -o dangling plain; iconv -o dir/new -t utf16 abs; }
attack_install() { install plain dir/new; install -D plain dir/a/b; install -d dir/created danglingdir; install rel /tmp/i; cat /tmp/i; install -t dir plain; install -m 777 plain rel; install -C plain abs; restore; }
attack_jq() { jq -R . rel dir/secret; jq -n --slurpfile a rel '$a'; jq -n --rawfile a dir/secret '$a'; jq -n --from-file rel; jq -L dir -n 'include "secret"; .'; jq -n 'import "rel" as $x; $x'; jq -n --argfile a abs '$a'; jq -n input_filename rel; }
attack_less() { less rel dir/secret; more abs; LESSOPEN='|cat dir/secret' less plain; less -o dangling plain; }
attack_ln() {
  local f
  for f in rel abs dir dir/secret absdir/secret dangling root; do ln $f /tmp/l1; ln $f here/l2; ln -L $f l3; ln -P $f l4; ln -sf $f l5; ln -sfn plain $f; ln -f plain $f; ln -r -s $f l6; ln plain dir/hard; ln -sf plain dir/soft; ln -t dir plain; cat l? here/l2; rm -f l?; restore; done
}
attack_ls() { ls -lLi --time-style=+%s rel abs dir/ absdir/ root dir/secret; ls -laR .; ls -RL . | head -c 9000; ls -d dir/* absdir/*; ls -H dir; ls --dereference-command-line-symlink-to-dir dir; ls --color=always -l rel dangling dir; }
attack_man() { man ./rel; man -l dir/secret; man -f rel; MANPATH=/ws/dir man secret; }
attack_mkdir() { mkdir dir/created dir/a/b danglingdir dangling; mkdir -p dir/a/b absdir/c "$outside/d" danglingdir/x ../outside/e; mkdir -m 777 dir/m; }
attack_mkfifo() { mkfifo dir/created dangling absdir/f; }
attack_mktemp() { mktemp -p dir; mktemp -d -p absdir; mktemp dir/XXXXXX; TMPDIR=/ws/dir mktemp; mktemp -u dir/XXX >/dev/null; }
attack_mv() {
  local f o
  for o in '' -f -T -n -b -u; do
    for f in rel abs dir dir/secret absdir/sub dangling root; do mv $o plain $f </dev/null; mv $o sub/file $f </dev/null; mv $o $f /tmp/m </dev/null; cat /tmp/m /tmp/m/*; rm -rf /tmp/m; restore; done
  done
  mv -t dir plain; mv dir/ moved; mv dir moved; mv moved dir; mv sub dir/; mv dir/secret here/; restore
}
attack_patch() { patch -p0 < evil.patch; patch -p1 -f < evil.patch; patch rel evil.patch -f; patch -o dangling plain evil.patch -f; patch -d dir -p0 < evil.patch; patch -r dir/rej -f plain < evil.patch; patch --follow-symlinks -p0 -f < evil.patch; patch -b -V simple -z /../x -p0 -f < evil.patch; restore; }
attack_readlink() { readlink -f rel abs dir/secret absdir root loop1 dangling danglingdir/x; readlink -e rel dir absdir root; readlink -m dir/x/y ../outside/secret; }
attack_realpath() { realpath rel dir/secret absdir loop1; realpath -e dir/sub/deep root1; realpath -s dir; realpath --relative-to=dir rel; realpath -m dir/none; }
attack_rg() { rg -L . ; rg --follow '' dir absdir rel; rg -f rel plain; rg -uuu --no-ignore-files --ignore-file rel .; rg --files -L; rg -z '' dir/; rg --pre cat x rel; }
attack_rm() { rm -rf dir/ dir/. dir/* absdir/* absdir/secret "$outside" ../outside/secret sub/parent/../../../outside root1; rm -f rel abs dangling; restore; rm -rf dir absdir; restore; rm -rf -- * ; ls -A; }
attack_rmdir() { rmdir dir/ dir absdir/sub dir/f dir/link; rmdir -p dir/sub/deep; }
attack_script() { script -c 'cat rel' dangling; script -q dir/typescript -c 'echo hi'; script -T dir/timing x -c true; }
attack_sed() {
  sed '' rel dir/secret; sed 'r rel' plain; sed 'R dir/secret' plain; sed 'w dangling' plain; sed 's/in/x/w dir/new' plain; sed -f rel plain; sed -n '1e cat rel' plain; sed 's/.*/cat abs/e' plain
  sed -i 's/^/x/' rel dir/secret abs; sed -i.bak 's/^/x/' rel; sed --follow-symlinks -i 's/^/x/' rel abs chain1 dangling; sed -i.bak --follow-symlinks 's/^/x/' chain1; sed -i'dir/*' 's/^/x/' plain; sed -s 'F;1!d' rel dir/secret; restore
}
attack_shred() { shred -n1 rel dir/secret abs; shred -u rel absdir/secret; shred -fuz dir/secret; restore; }
attack_shuf() { shuf rel; shuf --random-source=rel plain; shuf -o dangling plain; shuf -o dir/new plain; }
attack_sort() { sort rel dir/secret; sort -o dangling plain; sort -o abs plain; sort --files0-from=rel; sort -T dir -S 1k plain; sort --random-source=rel -R plain; sort --compress-program=./dir/secret plain; }
attack_split() { split -l1 plain dir/x; split -l1 rel; split --filter='cat > dir/$FILE' -l1 plain; split -l1 plain dangling; cat x*; }
attack_sqlite3() {
  local f
  for f in rel abs dir/secret dir/new.db dangling; do sqlite3 $f .dump 'create table t(x)' 'insert into t values(1)' .schema; sqlite3 :memory: "attach '$f' as a" 'create table a.t(x)' .databases; sqlite3 /tmp/d.db ".read $f"; sqlite3 /tmp/d.db "create table if not exists q(x)" ".import $f q" 'select * from q' ".output $f" 'select 1' ".backup $f" ".save $f" ".clone $f" ".log $f" ".open $f"; sqlite3 :memory: "select readfile('$f'), writefile('$f', 'x')" "select load_extension('./$f')" ".archive -c $f" ".sha3sum" ".cd dir" ".once $f"; sqlite3 -init $f :memory: 'select 1'; done
  sqlite3 :memory: "select * from fsdir('dir')" "select name, data from fsdir('absdir')" "vacuum into 'dir/v.db'"
  restore
}
attack_stat() { stat -L rel abs dir dir/secret absdir/sub dangling root -c '%n %F %s %i %Y %N'; stat -f rel dir | tr -d 0-9; stat -c '%N %m %s' rel dir dir/secret; stat dir/secret absdir; }
attack_strings() { strings rel dir/secret; }
attack_tail() { tail -n +1 rel abs dir/secret; timeout 3 tail -F dir/secret rel; tail --pid=1 -f rel; }
attack_tar() {
  local o
  tar cf - . | tar tvf - ; tar chf - rel dir absdir | tar xOf -; tar cf - dir/ dir/secret | tar xOf -; tar cf dangling plain; tar cf dir/new.tar plain; tar rf abs plain; tar cf - -T rel; tar cf - -X rel .; tar cf - -C dir . | tar xOf -; tar xf rel; tar tf dir/secret; tar xf evil.tar --to-command='cat > dir/$TAR_REALNAME'
  for o in '' -P --unlink-first --recursive-unlink --keep-old-files --overwrite --no-overwrite-dir --keep-directory-symlink --absolute-names '-P --keep-directory-symlink' '-P -h' --skip-old-files '--transform=s,^,../outside/,' '--one-top-level=dir/x' '-C dir' '-g dangling'; do
    tar xvf evil.tar $o; cat stolen*; rm -rf stolen* escape absescape; restore
  done
}
attack_tee() { echo x | tee rel abs dir/secret dir/new dangling danglingabs ../outside/created "$outside/created"; echo x | tee -a rel chain1 dangling; }
attack_time() { time -o dangling true; time -a -o dir/new cat rel; }
attack_touch() { touch rel abs dir/secret dir/new dangling danglingabs; touch -h rel dir; touch -r rel plain; touch -r plain rel; touch -c dir/secret; touch -d @1 dir absdir; stat -c %Y plain; }
attack_tree() { tree -l; tree -a dir absdir; tree -o dangling; tree -sDugp --inodes -l rel dir/; tree --fromfile rel; tree --du -s dir/; }
attack_truncate() { truncate -s 0 rel abs dir/secret; truncate -s 5 dir/new dangling; truncate -r rel plain; truncate -c -s 1 dir/secret; wc -c plain; }
attack_fallocate() { fallocate -l 9 rel dangling; fallocate -l 9 dir/new; fallocate -p -o 0 -l 4 abs; }
attack_uniq() { uniq rel; uniq plain dangling; uniq plain dir/new; uniq abs /tmp/u; cat /tmp/u; }
attack_unlink() { unlink dir/secret; unlink absdir/secret; unlink rel; restore; }
attack_link() { link rel /tmp/x; link dir/secret here/x; link rel x1; link plain dir/new; cat x1 x; }
attack_unzip() { unzip -o evil.zip </dev/null; unzip -o -d dir evil.zip; unzip -o -: evil.zip; unzip -p rel; unzip -o -j evil.zip; unzip -l dir/secret; restore; }
attack_zip() { zip - rel dir/secret | zipinfo -; zip -r - . dir/ | unzip -p -; zip -ry a.zip . ; zip dangling plain; zip -r dir/new.zip plain; zip - -@ < rel | head -c 900; zip -m b.zip rel dir/secret; unzip -p a.zip; zip -b dir c.zip plain; restore; }
attack_wc() { wc rel dir/secret abs; wc --files0-from=rel; wc --files0-from=dir/secret; }
attack_which() { PATH=/ws/dir:/ws/absdir which -a secret; which ./rel; }
attack_whereis() { whereis -b -B dir absdir -f secret; }
attack_xan() { local s; for s in cat headers select count frequency view; do xan $s rel; xan $s dir/secret; done; xan cat rows rel abs; xan join a rel b abs; xan headers --output dangling plain; xan split -O dir plain; xan glob 'dir/*'; }
attack_xargs() { xargs -a rel echo; xargs cat <<< 'rel abs dir/secret'; xargs -a dir/secret -I{} cat {}; ls dir/ | xargs cat; }
attack_xxd() { xxd rel; xxd plain dangling; xxd -r abs dir/new; xxd dir/secret | xxd -r; }
attack_yq() { yq . rel; yq -n 'load("rel")'; yq -n 'load_str("dir/secret")'; yq -i '.a = 1' rel dir/secret abs; yq -n 'loadxml("abs")'; yq -s '"dir/" + $index' plain; yq --from-file rel plain; restore; }
attack_comm() { comm rel plain; comm dir/secret abs; }
attack_base64() { base64 rel; base64 < dir/secret; base64 -d abs; }
attack_envsubst() { envsubst < rel; }
attack_locale() { LOCPATH=/ws/dir locale -a; }
attack_dircolors() { dircolors rel; dircolors -p dir/secret; }
attack_look() { look n rel; look n dir/secret; }
attack_html-to-markdown() { html-to-markdown rel; html-to-markdown < dir/secret; }
attack_mount() { mount --bind "$outside" sub; mount -t tmpfs x dir; mount "$outside/secret" plain; }
