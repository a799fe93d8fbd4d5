// Advisory locks: who owns them, what they exclude, when they end.
#include "kernel/unix.h"

namespace nacre::kernel_test {
namespace {

UNIX_TEST(Lock, ExclusiveExcludesAndSharedShares) {
  u.make("f", "");
  int64_t a = u.open("f", kOpenRead), b = u.open("f", kOpenWrite), c = u.open("f", kOpenRead);
  EXPECT_EQ(u.flock(a, 'x'), 0);
  EXPECT_EQ(u.flock(b, 'x'), no(Errno::AGAIN));
  EXPECT_EQ(u.flock(b, 's'), no(Errno::AGAIN));
  EXPECT_EQ(u.flock(a, 'u'), 0);
  EXPECT_EQ(u.flock(b, 's'), 0);
  EXPECT_EQ(u.flock(a, 's'), 0);
  EXPECT_EQ(u.flock(c, 'x'), no(Errno::AGAIN));
  EXPECT_EQ(u.flock(c, 'u'), 0);
  EXPECT_EQ(u.flock(99, 'x'), no(Errno::BADF));
}

UNIX_TEST(Lock, BelongsToTheDescriptionNotTheDescriptor) {
  u.make("f", "");
  int64_t a = u.open("f", kOpenRead), dup = u.dup(a), b = u.open("f", kOpenRead);
  EXPECT_EQ(u.flock(a, 'x'), 0);
  EXPECT_EQ(u.flock(dup, 'x'), 0);
  EXPECT_EQ(u.close(a), 0);
  EXPECT_EQ(u.flock(b, 's'), no(Errno::AGAIN));
  EXPECT_EQ(u.close(dup), 0);
  EXPECT_EQ(u.flock(b, 's'), 0);
}

UNIX_TEST(Lock, BelongsToTheFileNotItsName) {
  u.make("f", "");
  u.make("g", "");
  EXPECT_EQ(u.link("f", "other"), 0);
  int64_t f = u.open("f", kOpenRead), other = u.open("other", kOpenRead), g = u.open("g", kOpenRead), d = u.open(".", kOpenRead);
  EXPECT_EQ(u.flock(f, 'x'), 0);
  EXPECT_EQ(u.flock(other, 'x'), no(Errno::AGAIN));
  EXPECT_EQ(u.flock(g, 'x'), 0);
  EXPECT_EQ(u.flock(d, 'x'), 0);
}

UNIX_TEST(Lock, AFailedChangeLosesWhatWasHeld) {
  u.make("f", "");
  int64_t a = u.open("f", kOpenRead), b = u.open("f", kOpenRead), c = u.open("f", kOpenRead);
  EXPECT_EQ(u.flock(a, 's'), 0);
  EXPECT_EQ(u.flock(b, 's'), 0);
  EXPECT_EQ(u.flock(a, 'x'), no(Errno::AGAIN));
  EXPECT_EQ(u.flock(b, 'x'), 0);
  EXPECT_EQ(u.flock(b, 's'), 0);
  EXPECT_EQ(u.flock(c, 's'), 0);
}

UNIX_TEST(Lock, AChildInheritsItAndMayGiveItBack) {
  u.make("f", "");
  int64_t a = u.open("f", kOpenRead), b = u.open("f", kOpenRead);
  EXPECT_EQ(u.flock(a, 'x'), 0);
  EXPECT_EQ(u.wait(u.fork([](Unix&) { return 0; })).code, 0);
  EXPECT_EQ(u.flock(b, 'x'), no(Errno::AGAIN));
  EXPECT_EQ(u.wait(u.fork([a](Unix& v) { return v.flock(a, 'u') == 0 ? 0 : 1; })).code, 0);
  EXPECT_EQ(u.flock(b, 'x'), 0);
}

UNIX_TEST(Lock, IsWaitedForUntilItsOwnerEnds) {
  u.make("f", "");
  int64_t in, out;
  u.pipe(&in, &out);
  int64_t child = u.fork([out](Unix& v) {
    int64_t mine = v.open("f", kOpenRead);
    v.flock(mine, 'x');
    v.write(out, "x");
    v.sleep_ms(30);
    v.make("done", "");
    return 0;
  });
  std::string s;
  EXPECT_EQ(u.read(in, 1, &s), 1);
  int64_t a = u.open("f", kOpenRead);
  EXPECT_EQ(u.flock(a, 'x'), no(Errno::AGAIN));
  EXPECT_EQ(u.flock(a, 'x', false), 0);
  EXPECT_EQ(u.access("done", 0), 0);
  EXPECT_EQ(u.wait(child).code, 0);
}

UNIX_TEST(Lock, ASignalEndsTheWait) {
  u.make("f", "");
  int64_t a = u.open("f", kOpenRead), b = u.open("f", kOpenRead);
  EXPECT_EQ(u.flock(a, 'x'), 0);
  u.set_action(kSigALRM, SignalAction::Catch);
  u.alarm_ms(20);
  EXPECT_EQ(u.flock(b, 'x', false), no(Errno::INTR));
  EXPECT_TRUE(u.was_caught(kSigALRM));
}

}  // namespace
}  // namespace nacre::kernel_test
