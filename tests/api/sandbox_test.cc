#include "nacre/sandbox.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace nacre {
namespace {

std::unique_ptr<Sandbox> make(Config config = {}) {
  auto s = Sandbox::create(config);
  EXPECT_TRUE(static_cast<bool>(s)) << (s ? "" : s.error().message);
  return s ? std::move(*s) : nullptr;
}

TEST(Sandbox, RunsAScript) {
  auto s = make();
  ExecResult r = s->exec("echo out; echo err >&2; exit 7");
  EXPECT_EQ(r.out, "out\n");
  EXPECT_EQ(r.err, "err\n");
  EXPECT_EQ(r.exit_code, 7);
  EXPECT_EQ(r.end.reason, End::Reason::Exited);
}

TEST(Sandbox, StateLastsFromRunToRun) {
  auto s = make();
  s->exec("x=5; f() { echo f$1; }; cd /tmp; set -o pipefail");
  EXPECT_EQ(s->exec("echo $x; f 1; pwd; [[ -o pipefail ]] && echo on").out, "5\nf1\n/tmp\non\n");
  EXPECT_EQ(s->exec("exit 3").exit_code, 3);
  EXPECT_EQ(s->exec("echo $x").out, "5\n");
}

TEST(Sandbox, CommandsAreRestricted) {
  Config c;
  c.commands.push_back({"mine", [](CommandContext&) { return 0; }});
  c.allow_commands = {"ls", "cat", "mine"};
  c.deny_commands = {"cat"};
  auto s = make(c);
  EXPECT_EQ(s->exec("ls /usr/bin /usr/local/bin").out, "/usr/bin:\nls\n\n/usr/local/bin:\nmine\n");
  EXPECT_EQ(s->exec("cat").exit_code, 127);
  auto forked = s->fork();
  ASSERT_TRUE(static_cast<bool>(forked));
  EXPECT_EQ((*forked)->exec("mine && bash -c :").exit_code, 127);
  c.deny_commands = {"mine"};
  EXPECT_EQ(make(c)->exec("ls /usr/local/bin; mine").exit_code, 127);
  c.deny_commands = {"mien"};
  auto wrong = Sandbox::create(c);
  ASSERT_FALSE(static_cast<bool>(wrong));
  EXPECT_EQ(wrong.error().code, "commands");
  EXPECT_EQ(make()->exec("seq 1").out, "1\n");   // others are as they were
}

TEST(Sandbox, SetupRunsFirst) {
  Config c;
  c.setup = {"x=1; cd /tmp; echo noise", "echo $x > f"};
  auto s = make(c);
  EXPECT_EQ(s->exec("cat f; pwd").out, "1\n/tmp\n");
  c.setup.push_back("echo a; echo b >&2; exit 4");
  auto wrong = Sandbox::create(c);
  ASSERT_FALSE(static_cast<bool>(wrong));
  EXPECT_EQ(wrong.error().code, "setup");
  EXPECT_EQ(wrong.error().message, "setup command failed (status 4): echo a; echo b >&2; exit 4");
  EXPECT_EQ(wrong.error().detail, "a\nb\n");
}

TEST(Sandbox, SyntaxErrorIsAReason) {
  auto s = make();
  ExecResult r = s->exec("echo 'unterminated");
  EXPECT_EQ(r.end.reason, End::Reason::Syntax);
  EXPECT_EQ(r.exit_code, 2);
  EXPECT_EQ(s->exec("echo ok").out, "ok\n");
}

TEST(Sandbox, DiffNamesWhatChanged) {
  Config c;
  c.files.push_back({"/home/agent/a", "1\n", 0644, {}});
  c.files.push_back({"/home/agent/b", "1\n", 0644, {}});
  c.files.push_back({"/home/agent/c", "1\n", 0644, {}});
  auto s = make(c);
  ExecResult r = s->exec("echo 2 > a; rm b; mv c d; mkdir e; echo x > e/f");
  EXPECT_EQ(r.diff.modified, std::vector<std::string>{"/home/agent/a"});
  EXPECT_EQ(r.diff.deleted, std::vector<std::string>{"/home/agent/b"});
  ASSERT_EQ(r.diff.renamed.size(), 1u);
  EXPECT_EQ(r.diff.renamed[0].second, "/home/agent/d");
  EXPECT_EQ(r.diff.created, (std::vector<std::string>{"/home/agent/e", "/home/agent/e/f"}));
  EXPECT_TRUE(s->exec("cat a").diff.empty());
}

TEST(Sandbox, SnapshotRestoreFork) {
  auto s = make();
  s->exec("echo one > f; v=1");
  auto snap = s->snapshot();
  s->exec("echo two > f; v=2; cd /tmp");
  auto fork = s->fork();
  ASSERT_TRUE(static_cast<bool>(fork));
  s->restore(*snap);
  EXPECT_EQ(s->exec("cat f; echo $v; pwd").out, "one\n1\n/home/agent\n");
  EXPECT_EQ((*fork)->exec("cat ~/f; echo $v; pwd").out, "two\n2\n/tmp\n");
  (*fork)->exec("echo three > ~/f");
  EXPECT_EQ(s->exec("cat f").out, "one\n");
}

TEST(Sandbox, LimitsEndTheRunAndKeepOutput) {
  Config c;
  c.limits.steps = 200'000;
  auto s = make(c);
  ExecResult r = s->exec("echo before; while :; do :; done || true");
  EXPECT_EQ(r.end.reason, End::Reason::Limit);
  EXPECT_EQ(r.end.limit, "steps");
  EXPECT_GT(r.end.used, r.end.allowed);
  EXPECT_EQ(r.out, "before\n");
  EXPECT_EQ(s->exec("echo after").out, "after\n");
}

TEST(Sandbox, ALongOutputIsShownByItsEnds) {
  Config c;
  c.limits.shown_bytes = 1000;
  auto s = make(c);
  ExecResult r = s->exec("seq 10000; echo short >&2");
  EXPECT_TRUE(r.out_truncated);
  EXPECT_FALSE(r.err_truncated);
  EXPECT_EQ(r.out_file, "/tmp/stdout-1");
  EXPECT_EQ(r.out.substr(0, 6), "1\n2\n3\n");
  EXPECT_NE(r.out.find("\n[... 47898 bytes left out; the whole is in /tmp/stdout-1 ...]\n9902\n"), std::string::npos) << r.out;
  EXPECT_LT(r.out.size(), 1100u);
  EXPECT_TRUE(r.diff.empty());   // the script did not make it
  EXPECT_EQ(s->exec("seq 10000 | cmp - /tmp/stdout-1 && echo same").out, "same\n");
  // A second one has another name; one long line is cut between characters; a run that was ended keeps what there is.
  Limits l = c.limits;
  l.output_bytes = 50'000;
  ExecOptions o;
  o.limits = l;
  r = s->exec("while :; do printf \u20ac >&2; done", o);
  EXPECT_EQ(r.end.limit, "output_bytes");
  EXPECT_EQ(r.err_file, "/tmp/stderr-1");
  EXPECT_EQ(r.err.substr(0, 3), "\u20ac");
  EXPECT_NE(r.to_json().find("\"stderrTruncated\": true, \"stderrFile\": \"/tmp/stderr-1\""), std::string::npos);
  EXPECT_EQ(r.to_json().find("Base64"), std::string::npos);
  EXPECT_EQ(s->exec("seq 5000").out_file, "/tmp/stdout-2");
  // Nowhere to keep it.
  l = c.limits;
  l.file_bytes = 1;
  o.limits = l;
  r = s->exec("seq 10000", o);
  EXPECT_TRUE(r.out_truncated);
  EXPECT_EQ(r.out_file, "");
  EXPECT_NE(r.out.find("they are not kept: write /tmp/stdout-3: No space left on device"), std::string::npos) << r.out;
  EXPECT_EQ(s->exec("ls /tmp").out, "stderr-1\nstdout-1\nstdout-2\n");
  // All is given where it is asked for.
  l = {};
  l.shown_bytes = 0;
  o.limits = l;
  EXPECT_EQ(s->exec("head -c 3000000 /dev/zero", o).out.size(), 3'000'000u);
}

TEST(Sandbox, EachLimitHasItsName) {
  struct Case {
    const char* script;
    const char* limit;
    void (*set)(Limits&);
  };
  const Case cases[] = {
      {"a=x; while :; do a=$a$a; done", "memory_bytes", [](Limits& l) { l.memory_bytes = 64 << 20; }},
      {"while :; do echo xxxxxxxxxxxxxxxxxxxxxx; done", "output_bytes", [](Limits& l) { l.output_bytes = 100'000; }},
      {":() { : | : & }; :; wait; for ((i = 0; i < 99; i++)); do sleep 9 & done", "processes", [](Limits& l) { l.processes = 20; }},
      {"f() { f; }; f", "nesting", [](Limits& l) { l.nesting = 300; }},
      {"x='eval \"$x\"'; eval \"$x\"", "nesting", [](Limits& l) { l.nesting = 300; }},
  };
  for (const Case& t : cases) {
    Config c;
    t.set(c.limits);
    auto s = make(c);
    ExecResult r = s->exec(t.script);
    EXPECT_EQ(r.end.reason, End::Reason::Limit) << t.script;
    EXPECT_EQ(r.end.limit, t.limit) << t.script;
    EXPECT_EQ(s->exec("echo usable").out, "usable\n") << t.script;
  }
}

TEST(Sandbox, TimeoutIs124) {
  Config c;
  c.limits.wall_ms = 100;
  auto s = make(c);
  ExecResult r = s->exec("echo start; sleep 10; echo never");
  EXPECT_EQ(r.end.reason, End::Reason::Timeout);
  EXPECT_EQ(r.exit_code, 124);
  EXPECT_EQ(r.out, "start\n");
}

TEST(Sandbox, CancelFromAnotherThread) {
  auto s = make();
  for (const char* script : {"while :; do :; done", "sleep 100", "yes > /dev/null", "read x < <(sleep 100)", "cat /dev/zero > /dev/null"}) {
    std::atomic<bool> done{false};
    std::thread other([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
      while (!done) {
        s->cancel();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    });
    ExecResult r = s->exec(script);
    done = true;
    other.join();
    EXPECT_EQ(r.end.reason, End::Reason::Cancelled) << script;
    EXPECT_EQ(s->exec("echo ok").out, "ok\n");
  }
}

TEST(Sandbox, VirtualClockAndSeedRepeat) {
  Config c;
  c.virtual_clock = true;
  c.seed = 7;
  const char* script = "echo $RANDOM $RANDOM; a=$EPOCHSECONDS; sleep 3600; echo $((EPOCHSECONDS - a)); head -c 8 /dev/urandom | od -An -tx1";
  std::string first = make(c)->exec(script).out;
  EXPECT_NE(first.find("3600"), std::string::npos) << first;
  EXPECT_EQ(make(c)->exec(script).out, first);
}

/// As bash does for a user with as many processes as it may have (root, who records the cases, has no limit).
TEST(Sandbox, ProcessesOfAUserAreLimited) {
  Config c;
  c.virtual_clock = true;   // bash tries for 15 s
  auto s = make(c);
  const std::string retry = "bash: fork: retry: Resource temporarily unavailable\n";
  ExecResult r = s->exec("ulimit -u 1; echo a; x=$(echo hi); echo b $?");
  EXPECT_EQ(r.out, "a\n");
  EXPECT_EQ(r.err, retry + retry + retry + retry + "bash: fork: Resource temporarily unavailable\n");
  EXPECT_EQ(r.exit_code, 254);
  s = make(c);
  r = s->exec("(ulimit -u 3; echo $BASH_SUBSHELL; xargs echo <<< x; echo $?; find . -maxdepth 0 -exec echo {} +; echo $?); echo on");
  EXPECT_EQ(r.out, "1\n1\n1\non\n");
  EXPECT_EQ(r.err, "xargs: cannot fork: Resource temporarily unavailable\nfind: cannot fork: Resource temporarily unavailable\n");
}

TEST(Sandbox, CustomCommandStreamsAndFiles) {
  Config c;
  c.commands.push_back({"shout", [](CommandContext& x) {
                          std::string in;
                          while (true) {
                            std::string more = x.read(4096);
                            if (more.empty()) break;
                            in += more;
                          }
                          x.write(in + "!");
                          auto f = x.read_file("/home/agent/missing");
                          if (!f) x.error(f.error().code);
                          return 4;
                        }});
  auto s = make(c);
  ExecResult r = s->exec("printf hey | shout; echo \" ${PIPESTATUS[1]}\"; type -p shout");
  EXPECT_EQ(r.out, "hey! 4\n/usr/local/bin/shout\n");
  EXPECT_EQ(r.err, "fs.ENOENT");
}

TEST(Sandbox, StdinArgumentsAndStreaming) {
  auto s = make();
  ExecOptions o;
  o.stdin_text = "a\nb\n";
  o.args = {"one", "two words"};
  o.name = "prog";
  std::string out;
  o.on_output = [&](Stream w, std::string_view t) {
    if (w == Stream::Out) out += t;
  };
  ExecResult r = s->exec("read x; echo \"$0 $2 $x\"; cat", o);
  EXPECT_EQ(out, "prog two words a\nb\n");
  EXPECT_TRUE(r.out.empty());
}

TEST(Sandbox, BadMountsAndFilesAreErrors) {
  Config c;
  c.mounts.push_back({"/nonexistent-directory", "/workspace", Mount::Mode::Cow});
  auto s = Sandbox::create(c);
  ASSERT_FALSE(static_cast<bool>(s));
  EXPECT_EQ(s.error().code, "mount.host");
  auto ok = make();
  EXPECT_EQ(ok->fs().read("/etc").error().code, "fs.EISDIR");
  EXPECT_TRUE(static_cast<bool>(ok->fs().write("/home/agent/x/y/z", "deep")));
  EXPECT_EQ(ok->exec("cat x/y/z").out, "deep");
}

TEST(Sandbox, SeededFilesEagerAndLazy) {
  int made = 0;
  Config c;
  c.files.push_back({"/data/eager", "now\n", 0600, {}});
  c.files.push_back({"/data/lazy", "", 0644, [&] { return made++, std::string("later\n"); }});
  c.files.push_back({"/data/never", "", 0644, [&] { return made += 100, std::string(); }});
  c.files.push_back({"/etc/hostname", "mine\n", 0644, {}});   // in place of the base tree's
  auto s = make(c);
  EXPECT_EQ(s->exec("cd /data; ls; cat eager; stat -c %a eager; cat /etc/hostname").out, "eager\nlazy\nnever\nnow\n600\nmine\n");
  EXPECT_EQ(made, 0);
  auto other = s->fork();
  ASSERT_TRUE(static_cast<bool>(other));
  EXPECT_EQ(s->exec("cat lazy; grep -c . lazy; wc -c < lazy; echo more >> lazy; cat lazy").out, "later\n1\n6\nlater\nmore\n");
  EXPECT_EQ((*other)->exec("cat /data/lazy").out, "later\n");
  EXPECT_EQ(made, 1);
  c.mounts.push_back({.host = "/tmp", .guest = "/data"});
  EXPECT_EQ(Sandbox::create(c).error().code, "seed");
  c.mounts.clear();
  c.files.push_back({"/etc", "x", 0644, {}});
  EXPECT_EQ(Sandbox::create(c).error().code, "fs.EEXIST");
}

TEST(Sandbox, ALazyFileIsNotEndedByTheMemoryLimit) {
  Config c;
  c.limits.memory_bytes = 16 << 20;
  c.files.push_back({"/big", "", 0644, [] { return std::to_string(std::string(64 << 20, 'x').size()); }});
  EXPECT_EQ(make(c)->exec("cat /big; true").out, "67108864");
}

TEST(Sandbox, OutputOfAJobThatOutlivesItsRunGoesNowhere) {
  auto s = make();
  EXPECT_EQ(s->exec("(while :; do echo late; sleep 0.001; done) & sleep 0.01; echo first").out.substr(0, 5), "late\n");
  for (int i = 0; i < 3; i++) EXPECT_EQ(s->exec("sleep 0.01; echo here").out, "here\n");
  ExecOptions o;
  int calls = 0;
  o.on_output = [&](Stream, std::string_view) { calls++; };
  s->exec("(while :; do echo late; sleep 0.001; done) & sleep 0.01", o);
  int before = calls;
  s->exec("sleep 0.01");
  EXPECT_EQ(calls, before);
  EXPECT_EQ(s->exec("kill $(jobs -p); wait; echo over").out, "over\n");
}

TEST(Sandbox, ALimitMetByABackgroundJobShowsInTheStatus) {
  Config c;
  c.limits.processes = 20;
  auto s = Sandbox::create(c);
  ExecResult r = (*s)->exec(":() { : | : & }; :; while :; do sleep 0.01; done");
  EXPECT_EQ(r.end.limit, "processes");
  EXPECT_NE(r.exit_code, 0);
}

TEST(Sandbox, JsonKeepsBytes) {
  auto s = make();
  std::string json = s->exec("printf 'a\\xffb'").to_json();
  EXPECT_NE(json.find("\"stdoutBase64\": \"Yf9i\""), std::string::npos) << json;
  EXPECT_NE(s->exec("mkdir d").to_json().find("\"summary\": \"created /home/agent/d\""), std::string::npos);
}

TEST(Sandbox, UnknownCommandsComeWithTheNearestNames) {
  auto s = make();
  ExecResult r = s->exec("greet() { :; }; grpe x; gret; nothing_like_it; grpe y; (sotr); bash -c 'hed -1'; echo ok");
  ASSERT_EQ(r.unknown_commands.size(), 5u);
  EXPECT_EQ(r.unknown_commands[0].name, "grpe");
  ASSERT_FALSE(r.unknown_commands[0].nearest.empty());
  EXPECT_EQ(r.unknown_commands[0].nearest[0], "grep");
  EXPECT_EQ(r.unknown_commands[1].nearest.at(0), "greet");
  EXPECT_TRUE(r.unknown_commands[2].nearest.empty());
  EXPECT_EQ(r.unknown_commands[3].nearest.at(0), "sort");
  EXPECT_EQ(r.unknown_commands[4].name, "hed");
  EXPECT_NE(r.to_json().find("\"unknownCommands\": [{\"name\": \"grpe\", \"nearest\": [\"grep\""), std::string::npos) << r.to_json();
  EXPECT_EQ(r.err.find("did you mean"), std::string::npos);   // that is for terminals
  EXPECT_TRUE(s->exec("true").unknown_commands.empty());      // told once
  EXPECT_EQ(s->exec("true").to_json().find("unknownCommands"), std::string::npos);
}

}  // namespace
}  // namespace nacre
