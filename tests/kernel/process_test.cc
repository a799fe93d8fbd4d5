// Processes: fork, exit, wait, signals, groups.
#include "kernel/unix.h"

namespace nacre::kernel_test {
namespace {

UNIX_TEST(Proc, ExitStatusReachesTheParentOnce) {
  int64_t child = u.fork([](Unix&) { return 300; });
  Ended e = u.wait(child);
  EXPECT_EQ(e.pid, child);
  EXPECT_EQ(e.how, 'e');
  EXPECT_EQ(e.code, 300 & 255);
  EXPECT_EQ(u.wait(child).pid, no(Errno::CHILD));
  EXPECT_EQ(u.wait(-1).pid, no(Errno::CHILD));
  child = u.fork([](Unix& v) -> int { v.exit(7); });
  EXPECT_EQ(u.wait(-1).code, 7);
}

UNIX_TEST(Proc, CpuTimeIsLimited) {
  int64_t child = u.fork([](Unix& v) {
    v.limit_cpu(1, 3);
    v.burn(2);
    return 0;
  });
  Ended e = u.wait(child);
  EXPECT_EQ(e.how, 's');
  EXPECT_EQ(e.code, kSigXCPU);
  child = u.fork([](Unix& v) {
    v.limit_cpu(1, 1);
    // What is forked has used nothing yet, and the same limits.
    v.fork([](Unix& w) {
      w.burn(2);
      return 0;
    });
    const Ended below = v.wait(-1);
    return below.how == 's' ? below.code : 0;
  });
  e = u.wait(child);
  EXPECT_EQ(e.how, 'e');
  EXPECT_EQ(e.code, kSigKILL);
}

UNIX_TEST(Proc, NoHang) {
  int64_t r = 0, w = 0;
  EXPECT_EQ(u.pipe(&r, &w), 0);
  int64_t child = u.fork([&](Unix& v) {
    v.close(w);
    std::string s;
    v.read(r, 1, &s);
    return 3;
  });
  EXPECT_EQ(u.wait(child, true).pid, 0);
  EXPECT_EQ(u.write(w, "x"), 1);
  Ended e = u.wait(child);
  EXPECT_EQ(e.code, 3);
}

UNIX_TEST(Proc, AZombieCanBeSignalledUntilItIsWaitedFor) {
  int64_t r = 0, w = 0;
  EXPECT_EQ(u.pipe(&r, &w), 0);
  int64_t child = u.fork([](Unix&) { return 0; });
  u.close(w);
  std::string s;
  EXPECT_EQ(u.read(r, 1, &s), 0);   // its descriptors are closed: it is over
  EXPECT_EQ(u.kill(child, 0), 0);
  EXPECT_EQ(u.kill(child, kSigKILL), 0);
  EXPECT_EQ(u.wait(child).how, 'e');
  EXPECT_EQ(u.kill(child, 0), no(Errno::SRCH));
  EXPECT_EQ(u.kill(u.pid(), 99), no(Errno::INVAL));
}

UNIX_TEST(Proc, IdentityIsInherited) {
  int64_t me = u.pid(), group = u.pgid();
  int64_t child = u.fork([&](Unix& v) { return v.ppid() == me && v.pgid() == group && v.pid() != me ? 0 : 1; });
  EXPECT_EQ(u.wait(child).code, 0);
  std::string here = u.cwd();
  EXPECT_EQ(u.mkdir("d"), 0);
  child = u.fork([](Unix& v) { return v.chdir("d") == 0 && v.umask(077) == 022 ? 0 : 1; });
  EXPECT_EQ(u.wait(child).code, 0);
  EXPECT_EQ(u.cwd(), here);              // what a child changes is its own
  EXPECT_EQ(u.umask(022), 022u);
}

UNIX_TEST(Proc, DescriptorsOfAChildAreItsOwn) {
  u.make("f", "abc");
  int64_t f = u.open("f", kOpenRead);
  EXPECT_EQ(u.wait(u.fork([f](Unix& v) { return v.close(f) == 0 ? 0 : 1; })).code, 0);
  std::string s;
  EXPECT_EQ(u.read(f, 1, &s), 1);
}

UNIX_TEST(Proc, FatalSignals) {
  for (int sig : {kSigTERM, kSigKILL, kSigUSR1, kSigHUP}) {
    int64_t child = u.fork([](Unix& v) {
      v.sleep_ms(10'000);
      return 0;
    });
    u.sleep_ms(5);
    EXPECT_EQ(u.kill(child, sig), 0);
    Ended e = u.wait(child);
    EXPECT_EQ(e.how, 's');
    EXPECT_EQ(e.code, sig);
  }
  EXPECT_EQ(u.wait(u.fork([](Unix& v) {
               v.kill(v.pid(), kSigTERM);
               v.sleep_ms(0);
               return 0;
             })).code,
            kSigTERM);
}

UNIX_TEST(Proc, IgnoredAndCaughtSignals) {
  u.set_action(kSigUSR1, SignalAction::Ignore);
  EXPECT_EQ(u.kill(u.pid(), kSigUSR1), 0);
  EXPECT_EQ(u.wait(u.fork([](Unix& v) {     // ignored signals stay so in a child
               v.kill(v.pid(), kSigUSR1);
               v.sleep_ms(0);
               return 5;
             }))
                .code,
            5);
  u.set_action(kSigUSR1, SignalAction::Catch);
  EXPECT_EQ(u.kill(u.pid(), kSigUSR1), 0);
  u.sleep_ms(1);
  EXPECT_TRUE(u.was_caught(kSigUSR1));
  EXPECT_FALSE(u.was_caught(kSigUSR1));
  u.set_action(kSigUSR1, SignalAction::Default);
}

UNIX_TEST(Proc, ACaughtSignalEndsAWait) {
  int64_t me = u.pid();
  u.set_action(kSigUSR1, SignalAction::Catch);
  int64_t r = 0, w = 0;
  EXPECT_EQ(u.pipe(&r, &w), 0);
  int64_t child = u.fork([&](Unix& v) {
    v.sleep_ms(50);
    v.kill(me, kSigUSR1);
    v.sleep_ms(300);       // long enough for a busy machine to come to the next wait
    v.kill(me, kSigUSR1);
    v.sleep_ms(50);
    return 0;
  });
  std::string s;
  EXPECT_EQ(u.read(r, 1, &s), no(Errno::INTR));
  EXPECT_TRUE(u.was_caught(kSigUSR1));
  EXPECT_EQ(u.wait(child).pid, no(Errno::INTR));
  EXPECT_TRUE(u.was_caught(kSigUSR1));
  EXPECT_EQ(u.wait(child).pid, child);
  u.set_action(kSigUSR1, SignalAction::Default);
}

UNIX_TEST(Proc, ChildSignal) {
  u.set_action(kSigCHLD, SignalAction::Catch);
  int64_t child = u.fork([](Unix&) { return 0; });
  while (u.wait(child).pid == no(Errno::INTR)) {
  }
  EXPECT_TRUE(u.was_caught(kSigCHLD));
  u.set_action(kSigCHLD, SignalAction::Default);
}

UNIX_TEST(Proc, Alarm) {
  EXPECT_EQ(u.wait(u.fork([](Unix& v) {
               v.alarm_ms(10);
               v.sleep_ms(10'000);
               return 0;
             })).code,
            kSigALRM);
}

UNIX_TEST(Proc, StopAndContinue) {
  int64_t child = u.fork([](Unix& v) {
    v.sleep_ms(30);
    return 4;
  });
  EXPECT_EQ(u.kill(child, kSigSTOP), 0);
  Ended e = u.wait(child, false, true);
  EXPECT_EQ(e.how, 't');
  EXPECT_EQ(e.code, kSigSTOP);
  EXPECT_EQ(u.wait(child, true, true).pid, 0);
  u.sleep_ms(60);
  EXPECT_EQ(u.wait(child, true).pid, 0);         // its time is over, but it is stopped
  EXPECT_EQ(u.kill(child, kSigTERM), 0);
  u.sleep_ms(5);
  EXPECT_EQ(u.wait(child, true).pid, 0);         // and so is the signal
  EXPECT_EQ(u.kill(child, kSigCONT), 0);
  for (e = u.wait(child, false, true); e.how == 'c';) e = u.wait(child, false, true);
  EXPECT_EQ(e.how, 's');
  EXPECT_EQ(e.code, kSigTERM);
  child = u.fork([](Unix& v) {
    v.sleep_ms(10'000);
    return 0;
  });
  EXPECT_EQ(u.kill(child, kSigSTOP), 0);
  EXPECT_EQ(u.wait(child, false, true).how, 't');
  EXPECT_EQ(u.kill(child, kSigKILL), 0);         // this one does not wait for the continuation
  EXPECT_EQ(u.wait(child).code, kSigKILL);
}

UNIX_TEST(Proc, Groups) {
  int64_t a = u.fork([](Unix& v) {
    v.setpgid(0, 0);
    v.sleep_ms(10'000);
    return 0;
  });
  EXPECT_EQ(u.setpgid(a, a), 0);
  int64_t b = u.fork([](Unix& v) {
    v.sleep_ms(10'000);
    return 0;
  });
  EXPECT_EQ(u.setpgid(b, a), 0);
  EXPECT_EQ(u.setpgid(b, 999'999), no(Errno::PERM));
  EXPECT_EQ(u.setpgid(999'999, 0), no(Errno::SRCH));
  EXPECT_EQ(u.setpgid(b, -1), no(Errno::INVAL));
  EXPECT_EQ(u.kill(-a, 0), 0);
  EXPECT_EQ(u.kill(-a, kSigTERM), 0);
  EXPECT_EQ(u.wait(-a).code, kSigTERM);
  EXPECT_EQ(u.wait(-a).code, kSigTERM);
  EXPECT_EQ(u.wait(-a).pid, no(Errno::CHILD));
  EXPECT_EQ(u.kill(-a, kSigTERM), no(Errno::SRCH));
}

UNIX_TEST(Proc, OrphansAreNotTheGrandparents) {
  int64_t r = 0, w = 0;
  EXPECT_EQ(u.pipe(&r, &w), 0);
  int64_t child = u.fork([&](Unix& v) {
    int64_t me = v.pid();
    v.fork([&, me](Unix& x) {
      x.sleep_ms(20);
      x.write(w, x.ppid() == me ? "same" : "other");
      return 0;
    });
    return 0;
  });
  EXPECT_EQ(u.close(w), 0);
  EXPECT_EQ(u.wait(child).pid, child);
  std::string s;
  EXPECT_EQ(u.read(r, 9, &s), 5);
  EXPECT_EQ(s, "other");
  EXPECT_EQ(u.wait(-1).pid, no(Errno::CHILD));
}

}  // namespace
}  // namespace nacre::kernel_test
