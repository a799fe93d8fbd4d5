#include "host/posix_host.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace nacre {
namespace {

double seconds(Timespec t) { return static_cast<double>(t.sec) + t.nsec * 1e-9; }

TEST(PosixHost, ClocksAndEntropy) {
  auto host = make_posix_host();
  Timespec a = host->monotonic();
  EXPECT_LE(a, host->monotonic());
  EXPECT_GT(host->realtime().sec, 1'600'000'000);
  char x[64] = {}, y[64] = {};
  host->entropy(x);
  host->entropy(y);
  EXPECT_NE(std::string(x, 64), std::string(y, 64));
}

TEST(PosixHost, WaitEndsAtDeadlineByHandleAndByWake) {
  auto host = make_posix_host();
  Timespec start = host->monotonic();
  Timespec deadline{start.sec, start.nsec + 20'000'000};
  if (deadline.nsec >= 1'000'000'000) deadline.sec++, deadline.nsec -= 1'000'000'000;
  host->wait({}, &deadline);
  EXPECT_GE(seconds(host->monotonic()) - seconds(start), 0.019);

  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  Host::Poll polls[] = {{fds[0], true, false}, {fds[1], false, true}};
  host->wait(polls, nullptr);
  EXPECT_FALSE(polls[0].ready);
  EXPECT_TRUE(polls[1].ready);

  host->wake();  // before the wait: it ends at once, and only once
  Host::Poll idle[] = {{fds[0], true, false}};
  host->wait(idle, nullptr);
  std::thread other([&] {
    usleep(10000);
    host->wake();
  });
  host->wait(idle, nullptr);
  EXPECT_FALSE(idle[0].ready);
  other.join();
  close(fds[0]);
  close(fds[1]);
}

TEST(FdStream, PipeNeverBlocksAndStaysBlockingForOthers) {
  signal(SIGPIPE, SIG_IGN);
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  auto in = make_fd_stream(fds[0], true);
  auto out = make_fd_stream(fds[1], true);
  char buffer[1000];
  EXPECT_EQ(in->read(buffer), -EAGAIN);
  std::string big(300000, 'x');
  HostResult n, total = 0;
  while ((n = out->write(big)) > 0) total += n;
  EXPECT_EQ(n, -EAGAIN);
  EXPECT_GE(total, 4096);
  EXPECT_EQ(fcntl(fds[0], F_GETFL) & O_NONBLOCK, 0);
  EXPECT_EQ(fcntl(fds[1], F_GETFL) & O_NONBLOCK, 0);
  EXPECT_EQ(in->read(buffer), 1000);
  EXPECT_EQ(in->seek(0, SEEK_CUR), -ESPIPE);
  EXPECT_EQ(in->kind(), 'p');
  in.reset();
  EXPECT_EQ(out->write("x"), -EPIPE);
}

TEST(FdStream, EndOfPipe) {
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  ASSERT_EQ(write(fds[1], "ab", 2), 2);
  auto in = make_fd_stream(fds[0], true);
  close(fds[1]);
  char buffer[10];
  EXPECT_EQ(in->read(buffer), 2);
  EXPECT_EQ(in->read(buffer), 0);
}

TEST(FdStream, Socket) {
  int fds[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
  auto a = make_fd_stream(fds[0], true), b = make_fd_stream(fds[1], true);
  char buffer[10];
  EXPECT_EQ(a->read(buffer), -EAGAIN);
  EXPECT_EQ(b->write("hey"), 3);
  EXPECT_EQ(a->read(buffer), 3);
  b.reset();
  EXPECT_EQ(a->read(buffer), 0);
  EXPECT_EQ(a->write("x"), -EPIPE);
}

TEST(FdStream, RegularFileSeeks) {
  char path[] = "/tmp/nacre_stream_XXXXXX";
  auto f = make_fd_stream(mkstemp(path), true);
  unlink(path);
  EXPECT_EQ(f->kind(), 'f');
  EXPECT_EQ(f->poll_handle(), -1);
  EXPECT_EQ(f->write("0123456789"), 10);
  EXPECT_EQ(f->seek(3, SEEK_SET), 3);
  char buffer[4];
  EXPECT_EQ(f->read(buffer), 4);
  EXPECT_EQ(std::string(buffer, 4), "3456");
  EXPECT_EQ(f->seek(-1, SEEK_SET), -EINVAL);
}

TEST(FdStream, Terminal) {
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(master, 0);
  grantpt(master);
  unlockpt(master);
  int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  if (slave < 0) GTEST_SKIP() << "no pseudo terminals here";
  auto tty = make_fd_stream(slave, true);
  EXPECT_TRUE(tty->is_terminal());
  EXPECT_EQ(tty->kind(), 'c');
  char buffer[10];
  EXPECT_EQ(tty->read(buffer), -EAGAIN);
  EXPECT_EQ(tty->write("hi"), 2);
  ASSERT_EQ(write(master, "line\n", 5), 5);
  EXPECT_EQ(tty->read(buffer), 5);
  close(master);
}

}  // namespace
}  // namespace nacre
