// Sandbox::cancel from another thread ends whatever runs. The promise is 10 ms; the
// latencies are printed and not asserted, for a busy machine and sanitizers stretch them;
// the processor time the run takes to end is printed beside the wall time.
#include <gtest/gtest.h>
#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include "nacre/sandbox.h"

namespace nacre {
namespace {

using Clock = std::chrono::steady_clock;

struct Busy {
  const char* name;
  const char* setup;
  const char* script;
};

// Each would run for ever, or for long.
const Busy kBusy[] = {
    {"while", "", "while :; do :; done"},
    {"for (( ))", "", "for ((;;)); do ((i++)); done"},
    {"recursive loop", "", "f() { local i; for i in 1 2 3; do f2; done; (($1)) && f $(($1 - 1)); }; f2() { :; }; while :; do f 200; done"},
    {"command substitution", "", "while :; do x=$(echo a); done"},
    {"string append", "", "while :; do x+=abc; x=${x: -1000}; done"},
    {"replace", "x=$(head -c 3000000 /dev/zero | tr '\\0' a)", "while :; do y=${x//a/bb}; done"},
    {"remove suffix", "x=$(head -c 3000000 /dev/zero | tr '\\0' a)", "while :; do y=${x%%b*}; y=${x##*b}; done"},
    {"upper case", "x=$(head -c 3000000 /dev/zero | tr '\\0' a)", "while :; do y=${x^^}; done"},
    {"extglob", "shopt -s extglob; x=$(head -c 3000 /dev/zero | tr '\\0' a)", "while :; do [[ $x == +(+(a|b)|c)d ]]; done"},
    {"word splitting", "x=$(seq 300000)", "while :; do set -- $x; done"},
    {"brace range", "", "echo {1..1000000000} > /dev/null"},
    {"brace product", "", "echo {a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b} > /dev/null"},
    {"glob", "mkdir d; for ((i = 0; i < 20000; i++)); do : > d/f$i; done", "while :; do set -- d/*[0-5]; done"},
    {"arithmetic", "", "f='g+g' g='h+h' h='i+i' i='j+j' j='k+k' k='l+l' l='m+m' m='n+n' n='o+o' o='p+p' p='q+q' q='r+r' r=1; while :; do ((x = f)); done"},
    {"long sum", "s=$(printf '1+%.0s' {1..200000})1", "while :; do ((x = s)); done"},
    {"case", "x=$(head -c 1000000 /dev/zero | tr '\\0' a)", "while :; do case $x in *b*) ;; *[c-d]) ;; esac; done"},
    {"=~", "x=$(head -c 300000 /dev/zero | tr '\\0' a)", "while :; do [[ $x =~ (a|aa)*b ]]; done"},
    {"=~ with back-reference", "x=$(head -c 300 /dev/zero | tr '\\0' a)", "while :; do [[ $x =~ (a*)*(a*)\\1b ]]; done"},
    {"parse a huge script", "s=$(printf 'if :; then echo $x \"a\" $((1)); fi; %.0s' {1..200000})", "while :; do eval \"false && { $s }\"; done"},
    {"parse a huge word", "s=$(head -c 3000000 /dev/zero | tr '\\0' a)", "while :; do eval \"x=$s\"; done"},
    {"printf", "", "while :; do printf '%s\\n' {1..1000}; done > /dev/null"},
    {"printf width", "", "while :; do printf '%2000000000d' 1; done > /dev/null"},
    {"printf precision", "", "while :; do printf '%.2000000000f' 1; done > /dev/null"},
    {"read", "", "while read -r x; do :; done < <(yes)"},
    {"read -a", "x=$(seq 300000)", "while :; do read -r -d '' -a y <<< \"$x\"; done"},
    {"read a long line", "x=$(head -c 3000000 /dev/zero | tr '\\0' a)", "while :; do read -r y z <<< \"$x\"; done"},
    {"declare -p", "x=$(seq 300000); y=($x)", "while :; do declare -p x y; done > /dev/null"},
    {"printf %q", "x=$(seq 300000)", "while :; do printf %q \"$x\"; done > /dev/null"},
    {"${x@Q}", "x=$(seq 300000)", "while :; do y=${x@Q}${x@A}; done"},
    {"read without end", "", "read x < /dev/zero"},
    {"mapfile", "", "mapfile x < /dev/zero"},
    {"sleep", "", "sleep 1000"},
    {"wait", "", "sleep 1000 & wait"},
    {"empty pipe", "", "read x < <(sleep 1000)"},
    {"yes", "", "yes > /dev/null"},
    {"pipeline", "", "yes | tr y n | cat > /dev/null"},
    {"cat", "", "cat /dev/zero > /dev/null"},
    {"head", "", "head -c 1000G /dev/zero > /dev/null"},
    {"copy", "head -c 50M /dev/zero > big", "while :; do cp big copy; done"},
    {"write a file", "", "while :; do head -c 20M /dev/zero > f; done"},
    {"sort", "seq 1 300000 | rev > n", "while :; do sort n > /dev/null; done"},
    {"sort -n", "seq 1 300000 | rev > n", "while :; do sort -n n > /dev/null; done"},
    {"sort without end", "", "yes | sort > /dev/null"},
    {"uniq, wc", "", "yes | uniq | wc"},
    {"tac", "seq 1 300000 > n", "while :; do tac n > /dev/null; done"},
    {"seq", "", "seq 1 1000000000000 > /dev/null"},
    {"grep", "seq 1 300000 > n", "while :; do grep -c '9.*8' n; done > /dev/null"},
    {"grep back-reference", "head -c 300 /dev/zero | tr '\\0' a > l; echo >> l", "while :; do grep -cE '(a*)*(a*)\\1b' l; done > /dev/null"},
    {"grep -P", "head -c 300 /dev/zero | tr '\\0' a > l; echo >> l", "while :; do grep -cP '(a*)*b' l; done > /dev/null"},
    {"grep a long line", "head -c 3000000 /dev/zero | tr '\\0' a > l; echo >> l", "while :; do grep -c '[ab]*c' l; done > /dev/null"},
    {"sed", "seq 1 300000 > n", "while :; do sed 's/1/2/g;s/[3-5]/x/' n > /dev/null; done"},
    {"sed loop", "", "echo a | sed ':a;ba'"},
    {"sed growing", "", "echo a | sed ':a;s/a/aa/;s/a*$/a/;ba'"},
    {"awk loop", "", "awk 'BEGIN { while (1) i++ }'"},
    {"awk array", "", "awk 'BEGIN { while (1) { for (i = 0; i < 1000; i++) a[i] = i; delete a } }'"},
    {"awk gsub", "seq 1 300000 > n", "while :; do awk '{ gsub(/1/, \"xx\"); n += NF } END { print n }' n > /dev/null; done"},
    {"awk string", "", "awk 'BEGIN { while (1) { s = s \"abc\"; if (length(s) > 100000) s = \"\" } }'"},
    {"find", "mkdir -p t/{1..50}/{1..50}", "while :; do find t -name '*x*'; done"},
    {"ls -R", "mkdir -p t/{1..50}/{1..50}", "while :; do ls -R t; done > /dev/null"},
    {"cp -r, rm -r", "mkdir -p t/{1..50}/{1..50}", "while :; do cp -r t u; rm -r u; done"},
    {"xargs", "", "yes | xargs -n 1 true"},
    {"od", "", "od /dev/zero -v > /dev/null"},
    {"sha256sum", "", "sha256sum /dev/zero"},
    {"base64", "", "base64 /dev/zero > /dev/null"},
    {"fork and wait", "", "while :; do (:) & wait; done"},
    {"source", "echo '. ./s' > s; echo : > q", "while :; do . ./q; done"},
    {"traps", "", "trap : USR1; while :; do kill -USR1 $$; done"},
    {"timeout", "", "timeout 100 sleep 99"},
    {"tail -f", ": > f", "tail -f f"},
};

struct Latency {
  double wall = 0, cpu = 0;
  const char* name = nullptr;
};   // milliseconds

double ms(const timespec& t) { return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) * 1e-6; }

Latency cancelled_after(Sandbox& s, const Busy& b, ExecResult* r) {
  s.exec(b.setup);
  std::atomic<int64_t> asked{0};
  clockid_t clock;
  pthread_getcpuclockid(pthread_self(), &clock);
  timespec cpu_asked{}, cpu_end{};
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
    clock_gettime(clock, &cpu_asked);
    asked = Clock::now().time_since_epoch().count();
    s.cancel();
  });
  ExecOptions o;
  o.on_output = [](Stream, std::string_view) {};
  *r = s.exec(b.script, o);
  int64_t end = Clock::now().time_since_epoch().count();
  clock_gettime(clock, &cpu_end);
  other.join();
  if (asked == 0 || end < asked) return {0, 0, b.name};
  return {std::chrono::duration<double, std::milli>(Clock::duration(end - asked)).count(), ms(cpu_end) - ms(cpu_asked), b.name};
}

TEST(Cancel, EndsEverything) {
  std::vector<Latency> all;
  for (const Busy& b : kBusy) {
    auto s = Sandbox::create({});
    ASSERT_TRUE(static_cast<bool>(s));
    ExecResult r;
    all.push_back(cancelled_after(**s, b, &r));
    EXPECT_EQ(r.end.reason, End::Reason::Cancelled) << b.name << ": " << r.exit_code;
    EXPECT_EQ((*s)->exec("echo usable").out, "usable\n") << b.name;
  }
  std::sort(all.begin(), all.end(), [](const Latency& a, const Latency& b) { return a.cpu > b.cpu; });
  for (size_t i = 0; i < all.size() && i < 10; i++) std::printf("cancel: %8.2f ms, %6.2f ms of processor time  %s\n", all[i].wall, all[i].cpu, all[i].name);
  std::printf("cancel: median %.2f ms of processor time over %zu loops\n", all[all.size() / 2].cpu, all.size());
}

}  // namespace
}  // namespace nacre
