# Run in the mounted tree, /ws, for one command: name=COMMAND outside=HOST_PATH mode=cow|ro|rw.
# Tries the command on everything that could lead outside, then shows what it left.
cd /ws || exit 9
export LC_ALL=C.UTF-8
paths=(abs rel up dir/secret dir/ dir/new dir/newdir/x absdir/sub/deep dotdir/secret chain1 loop1 selfdir dangling danglingdir danglingdir/x
  here/here/rel here/../outside/secret sub/parent/../../../outside/secret root root1/secret cwd fd fdup exe devfd wide case empty long tofifo todev
  "$outside/secret" ../outside/secret /ws/../outside/secret sub/../../outside/secret /proc/self/root"$outside"/secret
  /proc/self/cwd/../outside/secret /proc/1/cwd/../outside/secret sock fifo dev $'..\u200b/outside/secret' '//..//outside/secret')

# With as few system calls of the virtual kernel as can be, since there are many of these.
try() { timeout 1 "$@" </dev/null 2>&1 | head -c 3000; }
restore() {
  [ "$mode" = ro ] && return
  [ -x /ws ] || chmod 755 /ws
  for l in abs:"$outside/secret" rel:../outside/secret dir:../outside absdir:"$outside" dangling:../outside/created danglingdir:../outside/createddir; do
    [ -L "${l%%:*}" ] || { rm -rf "${l%%:*}"; ln -sn "${l#*:}" "${l%%:*}"; }
  done 2>/dev/null
  [ -f plain ] || echo inside > plain
}

everywhere() {
  local p
  for p in "${paths[@]}"; do
    try "$name" "$p"
    try "$name" plain "$p"
    try "$name" "$p" made
  done
  try "$name" *
  try "$name" -- * </dev/null
  try "$name" dir/* absdir/* */*
  restore
}

# Each option there may be, before and after what leads outside.
options() {
  local o
  for o in {a..z} {A..Z}; do
    try "$name" -$o rel
    try "$name" -$o dir/ .
    try "$name" -$o plain dangling
    [[ $o == [aeimqtzAEIMQTZ] ]] && restore
  done
  restore
}

redirections() {
  local p
  for p in abs rel dir/secret dir/new chain1 dangling danglingdir/x "$outside/secret" ../outside/secret root cwd loop1 dir; do
    timeout 1 "$name" < "$p"
    timeout 1 "$name" plain > "$p" < /dev/null
    timeout 1 "$name" rel >> "$p" < /dev/null
  done 2>&1 | head -c 20000
  restore
}

left() {
  cd /
  find /ws /tmp /home /var /etc -mount ! -type d -print0 2>&1 | sort -z | tar cf - --null -T - --no-recursion 2>&1 | sha256sum
  grep -rIl "$mark" /ws /tmp /home /var 2>/dev/null
}

case "$name" in
  kill|pkill) everywhere ;;   # an option, and this shell is gone
  zstdcat|unzstd|fgrep|egrep|gawk|mawk|dir|vdir|lzma|unlzma|lzcat|unxz|xzcat|bunzip2|bzcat|gunzip|zcat|hd|whatis|apropos|red) everywhere; redirections ;;   # other names
  *)
    everywhere
    [ "$mode" = cow ] || options   # a cow mount reads as a ro one does
    redirections ;;
esac
[ "$(type -t "attack_$name")" = function ] && "attack_$name" 2>&1 | head -c 100000
left
