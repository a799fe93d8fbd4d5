// Descriptors: open, read, write, seek, append, dup, truncate, pipes, FIFOs.
#include "kernel/unix.h"

namespace nacre::kernel_test {
namespace {

UNIX_TEST(Fd, LowestFreeNumberIsTaken) {
  u.make("f", "abc");
  int64_t a = u.open("f", kOpenRead), b = u.open("f", kOpenRead), c = u.open("f", kOpenRead);
  EXPECT_EQ(b, a + 1);
  EXPECT_EQ(c, a + 2);
  EXPECT_EQ(u.close(b), 0);
  EXPECT_EQ(u.close(b), no(Errno::BADF));
  EXPECT_EQ(u.open("f", kOpenRead), b);
  EXPECT_EQ(u.dup(a), c + 1);
  EXPECT_EQ(u.dup(99), no(Errno::BADF));
  EXPECT_EQ(u.dup2(99, 50), no(Errno::BADF));
  EXPECT_EQ(u.dup2(a, -1), no(Errno::BADF));
  EXPECT_EQ(u.dup2(a, a), a);
}

UNIX_TEST(Fd, AccessModes) {
  u.make("f", "abc");
  std::string s;
  int64_t r = u.open("f", kOpenRead), w = u.open("f", kOpenWrite);
  EXPECT_EQ(u.write(r, "x"), no(Errno::BADF));
  EXPECT_EQ(u.read(w, 1, &s), no(Errno::BADF));
  EXPECT_EQ(u.read(-1, 1, &s), no(Errno::BADF));
  EXPECT_EQ(u.ftruncate(r, 0), no(Errno::INVAL));
  EXPECT_EQ(u.open("f", kOpenRead | kOpenCreate | kOpenExclusive), no(Errno::EXIST));
  EXPECT_EQ(u.open("g", kOpenRead), no(Errno::NOENT));
  EXPECT_EQ(u.open(".", kOpenWrite), no(Errno::ISDIR));
  EXPECT_EQ(u.open("f", kOpenRead | kOpenDirectory), no(Errno::NOTDIR));
  int64_t d = u.open(".", kOpenRead);
  EXPECT_GE(d, 0);
  EXPECT_EQ(u.read(d, 1, &s), no(Errno::ISDIR));
  EXPECT_EQ(u.open("f/", kOpenRead), no(Errno::NOTDIR));
  EXPECT_EQ(u.open("new/", kOpenWrite | kOpenCreate), no(Errno::ISDIR));
  EXPECT_EQ(u.open("", kOpenRead), no(Errno::NOENT));
}

UNIX_TEST(Fd, OffsetIsSharedByDupButNotByOpen) {
  u.make("f", "abcdef");
  std::string s;
  int64_t a = u.open("f", kOpenRead), b = u.dup(a), c = u.open("f", kOpenRead);
  EXPECT_EQ(u.read(a, 2, &s), 2);
  EXPECT_EQ(u.read(b, 2, &s), 2);
  EXPECT_EQ(s, "cd");
  EXPECT_EQ(u.read(c, 2, &s), 2);
  EXPECT_EQ(s, "ab");
  int64_t child = u.fork([a](Unix& v) {
    std::string t;
    v.read(a, 1, &t);
    return t == "e" ? 0 : 1;
  });
  EXPECT_EQ(u.wait(child).code, 0);
  EXPECT_EQ(u.read(a, 9, &s), 1);
  EXPECT_EQ(s, "f");
  EXPECT_EQ(u.read(a, 9, &s), 0);
}

UNIX_TEST(Fd, Seek) {
  u.make("f", "abcdef");
  std::string s;
  int64_t f = u.open("f", kOpenReadWrite);
  EXPECT_EQ(u.lseek(f, 2, 's'), 2);
  EXPECT_EQ(u.lseek(f, 1, 'c'), 3);
  EXPECT_EQ(u.lseek(f, -1, 'e'), 5);
  EXPECT_EQ(u.lseek(f, -1, 's'), no(Errno::INVAL));
  EXPECT_EQ(u.lseek(f, -9, 'e'), no(Errno::INVAL));
  EXPECT_EQ(u.lseek(f, 0, 'c'), 5);
  EXPECT_EQ(u.lseek(f, 100, 'e'), 106);
  EXPECT_EQ(u.read(f, 1, &s), 0);
  EXPECT_EQ(u.write(f, "z"), 1);
  EXPECT_EQ(u.fstat(f).size, 107u);
  EXPECT_EQ(u.pread(f, 3, 5, &s), 3);
  EXPECT_EQ(s, std::string("f\0\0", 3));
  EXPECT_EQ(u.lseek(f, 0, 'c'), 107);
  int64_t r = 0, w = 0;
  EXPECT_EQ(u.pipe(&r, &w), 0);
  EXPECT_EQ(u.lseek(r, 0, 'c'), no(Errno::SPIPE));
  EXPECT_EQ(u.pread(r, 1, 0, &s), no(Errno::SPIPE));
}

UNIX_TEST(Fd, AppendAlwaysWritesAtTheEnd) {
  int64_t a = u.open("f", kOpenWrite | kOpenCreate | kOpenAppend), b = u.open("f", kOpenReadWrite | kOpenAppend);
  EXPECT_EQ(u.write(a, "one"), 3);
  EXPECT_EQ(u.write(b, "two"), 3);
  EXPECT_EQ(u.write(a, "three"), 5);
  EXPECT_EQ(u.lseek(b, 0, 's'), 0);
  EXPECT_EQ(u.write(b, "!"), 1);
  EXPECT_EQ(u.lseek(b, 0, 'c'), 12);
  EXPECT_EQ(u.content("f"), "onetwothree!");
}

UNIX_TEST(Fd, TruncateAndHoles) {
  u.make("f", "abcdef");
  int64_t f = u.open("f", kOpenReadWrite);
  EXPECT_EQ(u.ftruncate(f, 3), 0);
  EXPECT_EQ(u.content("f"), "abc");
  EXPECT_EQ(u.truncate("f", 5), 0);
  EXPECT_EQ(u.content("f"), std::string("abc\0\0", 5));
  EXPECT_EQ(u.truncate("f", uint64_t{1} << 40), 0);
  EXPECT_EQ(u.stat("f").size, uint64_t{1} << 40);
  std::string s;
  EXPECT_EQ(u.pread(f, 4, uint64_t{1} << 39, &s), 4);
  EXPECT_EQ(s, std::string(4, '\0'));
  EXPECT_EQ(u.truncate("f", 0), 0);
  EXPECT_EQ(u.truncate("g", 0), no(Errno::NOENT));
  EXPECT_EQ(u.mkdir("d"), 0);
  EXPECT_EQ(u.truncate("d", 0), no(Errno::ISDIR));
  u.make("f", "abc");
  EXPECT_EQ(u.content("f"), "abc");
  EXPECT_GE(u.open("f", kOpenWrite | kOpenTruncate), 0);
  EXPECT_EQ(u.content("f"), "");
}

UNIX_TEST(Fd, PipeGivesWhatWasWrittenThenTheEnd) {
  int64_t r = 0, w = 0;
  std::string s;
  EXPECT_EQ(u.pipe(&r, &w), 0);
  EXPECT_EQ(u.fstat(r).type, 'p');
  EXPECT_EQ(u.readable(r), 0);
  EXPECT_EQ(u.write(w, "hello"), 5);
  EXPECT_EQ(u.readable(r), 1);
  EXPECT_EQ(u.read(r, 2, &s), 2);
  EXPECT_EQ(s, "he");
  EXPECT_EQ(u.write(w, "!"), 1);
  EXPECT_EQ(u.read(r, 100, &s), 4);
  EXPECT_EQ(s, "llo!");
  EXPECT_EQ(u.read(w, 1, &s), no(Errno::BADF));
  EXPECT_EQ(u.write(r, "x"), no(Errno::BADF));
  int64_t w2 = u.dup(w);
  EXPECT_EQ(u.close(w), 0);
  EXPECT_EQ(u.readable(r), 0);
  EXPECT_EQ(u.close(w2), 0);
  EXPECT_EQ(u.readable(r), 1);
  EXPECT_EQ(u.read(r, 1, &s), 0);
  EXPECT_EQ(u.read(r, 1, &s), 0);
}

UNIX_TEST(Fd, PipeHolds64KiBAndThenTheWriterWaits) {
  int64_t r = 0, w = 0;
  EXPECT_EQ(u.pipe(&r, &w), 0);
  int64_t child = u.fork([&](Unix& v) {
    v.close(r);
    for (int i = 0; i < 300; i++) {
      if (v.write(w, std::string(1000, 'x')) != 1000) return 1;
    }
    return 0;
  });
  EXPECT_EQ(u.close(w), 0);
  u.sleep_ms(20);
  EXPECT_EQ(u.wait(child, true).pid, 0);   // it waits for room
  std::string s;
  size_t total = 0;
  for (int64_t n; (n = u.read(r, 4096, &s)) > 0;) total += static_cast<size_t>(n);
  EXPECT_EQ(total, 300'000u);
  EXPECT_EQ(u.wait(child).code, 0);
}

UNIX_TEST(Fd, WritingToAPipeWithoutReader) {
  int64_t r = 0, w = 0;
  EXPECT_EQ(u.pipe(&r, &w), 0);
  EXPECT_EQ(u.close(r), 0);
  int64_t child = u.fork([w](Unix& v) {
    v.write(w, "x");
    return 0;
  });
  Ended e = u.wait(child);
  EXPECT_EQ(e.how, 's');
  EXPECT_EQ(e.code, kSigPIPE);
  u.set_action(kSigPIPE, SignalAction::Ignore);
  EXPECT_EQ(u.write(w, "x"), no(Errno::PIPE));
  u.set_action(kSigPIPE, SignalAction::Catch);
  EXPECT_EQ(u.write(w, "x"), no(Errno::PIPE));
  EXPECT_TRUE(u.was_caught(kSigPIPE));
  u.set_action(kSigPIPE, SignalAction::Default);
}

UNIX_TEST(Fd, Fifo) {
  EXPECT_EQ(u.mkfifo("p", 0640), 0);
  EXPECT_EQ(u.mkfifo("p"), no(Errno::EXIST));
  EXPECT_EQ(u.stat("p").type, 'p');
  EXPECT_EQ(u.stat("p").mode, 0640u);
  EXPECT_EQ(u.open("p", kOpenWrite | kOpenNonblock), no(Errno::NXIO));
  int64_t child = u.fork([](Unix& v) {
    int64_t w = v.open("p", kOpenWrite);   // waits for the reader
    return w >= 0 && v.write(w, "through") == 7 ? 0 : 1;
  });
  int64_t r = u.open("p", kOpenRead);
  std::string s, all;
  while (u.read(r, 3, &s) > 0) all += s;
  EXPECT_EQ(all, "through");
  EXPECT_EQ(u.wait(child).code, 0);
  int64_t n = u.open("p", kOpenRead | kOpenNonblock);
  EXPECT_GE(n, 0);
  EXPECT_EQ(u.read(n, 1, &s), 0);
  int64_t both = u.open("p", kOpenReadWrite);
  EXPECT_EQ(u.read(n, 1, &s), no(Errno::AGAIN));
  EXPECT_EQ(u.write(both, "x"), 1);
  EXPECT_EQ(u.read(n, 1, &s), 1);
  EXPECT_EQ(u.unlink("p"), 0);
}

UNIX_TEST(Fd, AnUnlinkedFileLivesWhileItIsOpen) {
  u.make("f", "abc");
  int64_t f = u.open("f", kOpenReadWrite);
  EXPECT_EQ(u.unlink("f"), 0);
  EXPECT_EQ(u.stat("f").error, no(Errno::NOENT));
  EXPECT_EQ(u.fstat(f).nlink, 0u);
  std::string s;
  EXPECT_EQ(u.read(f, 9, &s), 3);
  EXPECT_EQ(u.write(f, "def"), 3);
  EXPECT_EQ(u.pread(f, 9, 0, &s), 6);
  EXPECT_EQ(s, "abcdef");
  u.make("f", "new");
  EXPECT_EQ(u.content("f"), "new");
  EXPECT_EQ(u.fstat(f).size, 6u);
}

}  // namespace
}  // namespace nacre::kernel_test
