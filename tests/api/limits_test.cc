// Every limit ends the run, whatever the script does about it, says which one it was,
// keeps the output so far, and leaves the session usable.
#include <gtest/gtest.h>

#include "nacre/sandbox.h"

namespace nacre {
namespace {

constexpr uint64_t kMegabyte = 1 << 20;

struct Case {
  const char* limit;
  void (*set)(Limits&);
  const char* script;
};

void memory(Limits& l) { l.memory_bytes = 16 * kMegabyte; }
void processes(Limits& l) { l.processes = 20; }
void nesting(Limits& l) { l.nesting = 300; }
void files(Limits& l) { l.file_bytes = 4 * kMegabyte; }
void inodes(Limits& l) { l.inodes = 3000; }

const Case kCases[] = {
    {"steps", [](Limits& l) { l.steps = 100'000; }, "while :; do :; done"},
    {"steps", [](Limits& l) { l.steps = 100'000; }, "awk 'BEGIN { while (1) i++ }'"},
    {"steps", [](Limits& l) { l.steps = 100'000; }, "echo a | sed ':a;ba'"},
    {"steps", [](Limits& l) { l.steps = 100'000; }, "echo a | sed 's/^/a\\nb\\n/;D'"},
    {"steps", [](Limits& l) { l.steps = 100'000; }, "echo a | sed 'h;s/^/a\\nb\\nc/;P;D' > /dev/null"},
    {"output_bytes", [](Limits& l) { l.output_bytes = 100'000; }, "while :; do echo xxxxxxxxxxxxxxxxxxxxxx; done"},
    {"output_bytes", [](Limits& l) { l.output_bytes = 100'000; }, "yes"},
    {"output_bytes", [](Limits& l) { l.output_bytes = 100'000; }, "printf '%2000000000d' 1"},
    {"script_bytes", [](Limits& l) { l.script_bytes = 100'000; }, "x=$(head -c 200000 /dev/zero | tr '\\0' a); eval \"echo $x\""},
    {"processes", processes, ":() { : | : & }; :; wait; for ((i = 0; i < 99; i++)); do sleep 9 & done"},
    {"processes", processes, ":|:|:|:|:|:|:|:|:|:|:|:|:|:|:|:|:|:|:|:|:|:|:|:|:"},
    {"processes", processes, "f() { (f); }; f"},
    {"processes", processes, "f() { echo $(f); }; f"},
    {"processes", processes, "echo 'bash r' > r; bash r"},
    {"nesting", nesting, "f() { f; }; f"},
    {"nesting", nesting, "x='eval \"$x\"'; eval \"$x\""},
    {"nesting", nesting, "echo '. ./s' > s; . ./s"},
    {"nesting", nesting, "eval \"$(printf '{ %.0s' {1..400}) :\""},
    {"nesting", nesting, "PROMPT_COMMAND='eval \"$PROMPT_COMMAND\"'; eval \"$PROMPT_COMMAND\""},
    {"file_bytes", files, "cat /dev/zero > f"},
    {"file_bytes", files, "while :; do cat /etc/passwd >> f; done"},
    {"file_bytes", files, "for ((i = 0;; i++)); do echo $i | cat > f$i; yes | head -c 100000 >> f$i; done"},
    {"inodes", inodes, "for ((i = 0;; i++)); do : > f$i; done"},
    {"inodes", inodes, "for ((i = 0;; i++)); do mkdir d$i; done"},
    {"inodes", inodes, "touch a; for ((i = 0;; i++)); do ln -s a l$i; done"},
    {"memory_bytes", memory, "a=x; while :; do a=$a$a; done"},
    {"memory_bytes", memory, "a=x; while :; do a+=$a; done"},
    {"memory_bytes", memory, "a=x; while :; do a=${a//x/xxx}; done"},
    {"memory_bytes", memory, "a=(1); while :; do a+=(\"${a[@]}\"); done"},
    {"memory_bytes", memory, "set -- a; while :; do set -- \"$@\" \"$@\"; done"},
    {"memory_bytes", memory, "declare -A m; for ((i = 0;; i++)); do m[$i]=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done"},
    {"memory_bytes", memory, "for ((i = 0;; i++)); do declare v$i=x; done"},
    {"memory_bytes", memory, "for ((i = 0;; i++)); do eval \"f$i() { echo $i; }\"; done"},
    {"memory_bytes", memory, "for ((i = 0;; i++)); do alias a$i=b; done"},
    {"memory_bytes", memory, "x=$(yes)"},
    {"memory_bytes", memory, "x=$(seq 1000000000000000000)"},
    {"memory_bytes", memory, "read -r -d x y < <(yes)"},
    {"memory_bytes", memory, "mapfile a < <(yes)"},
    {"memory_bytes", memory, "echo {1..1000000000}"},
    {"memory_bytes", memory, "for i in {1..1000000000}; do :; done"},
    {"memory_bytes", memory, "printf -v x '%2000000000d' 1"},
    {"memory_bytes", memory, "printf -v x '%.2000000000f' 1"},
    {"memory_bytes", memory, "yes | tac"},
    {"file_bytes", files, "yes | sort -S 1M"},
    {"memory_bytes", memory, "yes | tac"},
    {"memory_bytes", memory, "cat /dev/zero | tr '\\0' a | grep b"},
    {"memory_bytes", memory, "cat /dev/zero | tr '\\0' a | sed s/b/c/"},
    {"memory_bytes", memory, "cat /dev/zero | tr '\\0' a | awk '{ print }'"},
    {"memory_bytes", memory, "yes | sed -n 'H;$p'"},
    {"memory_bytes", memory, "yes | awk '{ a[NR] = $0 }'"},
    {"memory_bytes", memory, "awk 'BEGIN { a = \"x\"; while (1) a = a a }'"},
    {"memory_bytes", memory, "echo x | sed ':a;s/.*/&&/;ba'"},
    {"memory_bytes", memory, "x=$(printf ':;%.0s' {1..3000000}); eval \"$x\""},
    {"wall_ms", [](Limits& l) { l.wall_ms = 50; }, "while :; do :; done"},
    {"wall_ms", [](Limits& l) { l.wall_ms = 50; }, "sleep inf"},
    {"wall_ms", [](Limits& l) { l.wall_ms = 50; }, "cat <(sleep 100)"},
};

// The ways scripts go on after an error.
std::string swallowing(const char* script) {
  return "echo before; trap 'echo trapped' EXIT ERR TERM INT HUP; set +e; { " + std::string(script) + "\n} > /dev/fd/3 2> /dev/null || true; echo after";
}

class Limit : public testing::TestWithParam<Case> {};

TEST_P(Limit, EndsTheRun) {
  const Case& t = GetParam();
  SCOPED_TRACE(t.script);
  Config c;
  t.set(c.limits);
  auto s = Sandbox::create(c);
  ASSERT_TRUE(static_cast<bool>(s));
  ExecResult r = (*s)->exec("exec 3>&1; " + swallowing(t.script));
  EXPECT_EQ(r.end.reason, std::string_view(t.limit) == "wall_ms" ? End::Reason::Timeout : End::Reason::Limit) << r.err;
  EXPECT_EQ(r.end.limit, t.limit);
  EXPECT_GE(r.end.used, r.end.allowed);
  EXPECT_GT(r.end.allowed, 0u);
  if (r.end.limit == "output_bytes") EXPECT_EQ(r.out.size(), c.limits.output_bytes);   // what fits is kept
  EXPECT_NE(r.exit_code, 0);
  EXPECT_EQ(r.out.substr(0, 7), "before\n");
  EXPECT_EQ(r.out.find("after\n"), std::string::npos);
  EXPECT_EQ(r.out.find("trapped"), std::string::npos);
  EXPECT_LE(r.usage.peak_memory_bytes, (c.limits.memory_bytes ? c.limits.memory_bytes : 1 << 30) + 2 * kMegabyte);
  (*s)->exec("rm -rf ./*; unset a m x y; set --");
  ExecResult again = (*s)->exec("echo usable; x=$(echo a | cat); echo $x");
  EXPECT_EQ(again.out, "usable\na\n");
  EXPECT_EQ(again.end.reason, End::Reason::Exited);
}

INSTANTIATE_TEST_SUITE_P(All, Limit, testing::ValuesIn(kCases));

TEST(LimitMemory, WhatASessionKeepsCountsInLaterRuns) {
  Config c;
  c.limits.memory_bytes = 16 * kMegabyte;
  auto s = Sandbox::create(c);
  EXPECT_EQ((*s)->exec("x=$(head -c 5M /dev/zero | tr '\\0' a); y=$x; echo ok").out, "ok\n");
  EXPECT_EQ((*s)->exec("z=$x; w=$x").end.limit, "memory_bytes");
  (*s)->exec("unset x y z w");
  EXPECT_EQ((*s)->exec("x=$(head -c 5M /dev/zero | tr '\\0' a); echo ok").out, "ok\n");
}

TEST(LimitMemory, SnapshotsDroppedElsewhereAreNotHeldAgainstIt) {
  Config c;
  c.limits.memory_bytes = 60 * kMegabyte;
  auto s = Sandbox::create(c);
  auto empty = (*s)->snapshot();
  for (int i = 0; i < 5; i++) {
    EXPECT_EQ((*s)->exec("x=$(head -c 5M /dev/zero | tr '\\0' a); echo ok").out, "ok\n") << i;
    (*s)->restore(*empty);
  }
}

TEST(LimitDeadlock, AProgramThatWaitsForItselfEnds) {
  auto s = Sandbox::create({});
  ExecResult r = (*s)->exec("echo before; mkfifo p; cat p; echo after");
  EXPECT_EQ(r.end.reason, End::Reason::Timeout);
  EXPECT_EQ(r.exit_code, 124);
  EXPECT_EQ(r.out, "before\n");
  r = (*s)->exec("echo before; kill -STOP $$; echo after");
  EXPECT_EQ(r.end.reason, End::Reason::Signaled);
  EXPECT_EQ(r.exit_code, 128 + 19);
  EXPECT_EQ(r.out, "before\n");
  EXPECT_EQ((*s)->exec("(sleep 0.02; kill -CONT $$) & kill -STOP $$; echo on").out, "on\n");
}

TEST(LimitClosed, DescriptorsClosedByAScriptComeBack) {
  auto s = Sandbox::create({});
  (*s)->exec("exec 0<&- 1>&- 2>&-");
  EXPECT_EQ((*s)->exec("echo usable").out, "usable\n");
  EXPECT_EQ((*s)->exec("kill -9 $$").exit_code, 137);
  EXPECT_EQ((*s)->exec("kill -9 1; echo never").out, "");
  EXPECT_EQ((*s)->exec("kill 0; echo never").out, "");
  EXPECT_EQ((*s)->exec("echo usable").out, "usable\n");
}

}  // namespace
}  // namespace nacre
