// Attacks on a mounted host directory, with openat2 and with the walk in its place.
#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "host/posix_host.h"
#include "host/temp_dir.h"

namespace nacre {
namespace {

using Names = std::vector<std::string>;

class RealDir : public ::testing::TestWithParam<bool> {
 protected:
  RealDir() {
    out_.put("secret", "SECRET");
    out_.put("dir/secret", "SECRET");
    in_.put("file", "data");
    in_.put("a/b/file", "deep");
    dir_ = open_posix_dir(in_.path(), true, nullptr, GetParam());
  }
  HostResult try_open(const std::string& path) {
    HostResult h = dir_->open(path, 0, false, 0);
    if (h >= 0) dir_->close(h);
    return h;
  }
  HostResult try_open_seen(const std::string& path) {
    HostResult h = dir_->open_seen(path);
    if (h >= 0) dir_->close(h);
    HostStat st;
    HostResult both = dir_->open_and_stat(path, st);
    if (both >= 0) dir_->close(both);
    if (both != -ENOSYS) EXPECT_EQ(std::min<HostResult>(both, 0), std::min<HostResult>(h, 0)) << path;
    return h;
  }
  std::vector<std::string> names(const std::string& path) {
    std::vector<HostDir::Entry> entries;
    HostStat self;
    if (HostResult r = dir_->list_and_stat(path, entries, &self, nullptr); r < 0) return {"error " + std::to_string(-r)};
    std::vector<std::string> out;
    for (const HostDir::Entry& e : entries) out.push_back(e.name);
    std::sort(out.begin(), out.end());
    return out;
  }
  std::string read(const std::string& path, bool seen = false) {
    HostResult h = seen ? dir_->open_seen(path) : dir_->open(path, 0, false, 0);
    if (h < 0) return "error " + std::to_string(-h);
    char buffer[100];
    HostResult n = dir_->read(h, 0, buffer);
    dir_->close(h);
    return {buffer, static_cast<size_t>(n)};
  }
  void link(const std::string& target, const std::string& name) { ASSERT_EQ(symlink(target.c_str(), (in_ / name).c_str()), 0); }

  TempDir in_, out_;
  std::shared_ptr<HostDir> dir_;
};

TEST_P(RealDir, PlainUse) {
  EXPECT_EQ(read("a/b/file"), "deep");
  HostStat st;
  ASSERT_EQ(dir_->stat("a/b", st), 0);
  EXPECT_EQ(st.type, HostStat::Type::Directory);
  ASSERT_EQ(dir_->stat("", st), 0);
  std::vector<HostDir::Entry> entries;
  ASSERT_EQ(dir_->list("", entries), 0);
  EXPECT_EQ(entries.size(), 2u);
  EXPECT_EQ(dir_->stat("a/none", st), -ENOENT);
  EXPECT_EQ(dir_->stat("file/x", st), -ENOTDIR);
  EXPECT_EQ(try_open("a"), -EISDIR);
  HostResult h = dir_->open("a/new", 2, true, 04755);
  ASSERT_GE(h, 0);
  EXPECT_EQ(dir_->write(h, 2, "xy"), 2);
  EXPECT_EQ(dir_->truncate(h, 3), 0);
  ASSERT_EQ(dir_->stat_handle(h, st), 0);
  EXPECT_EQ(st.size, 3u);
  EXPECT_EQ(st.mode, 0755u);  // never set-uid
  dir_->close(h);
  EXPECT_EQ(dir_->open("a/new", 2, true, 0644), -EEXIST);
  EXPECT_EQ(dir_->make_dir("a/d", 0777), 0);
  EXPECT_EQ(dir_->rename("a/new", "a/d/moved"), 0);
  EXPECT_EQ(dir_->make_link("a/d/moved", "hard"), 0);
  EXPECT_EQ(dir_->set_mode("hard", 06600), 0);
  ASSERT_EQ(dir_->stat("hard", st), 0);
  EXPECT_EQ(st.mode, 0600u);
  EXPECT_EQ(dir_->set_times("hard", {1, 2}, {3, 4}), 0);
  ASSERT_EQ(dir_->stat("hard", st), 0);
  EXPECT_EQ(st.mtime, (Timespec{3, 4}));
  EXPECT_EQ(dir_->remove("a/d", true), -ENOTEMPTY);
  EXPECT_EQ(dir_->remove("a/d/moved", false), 0);
  EXPECT_EQ(dir_->remove("a/d", true), 0);
  EXPECT_EQ(dir_->remove("", true), -EBUSY);
}

TEST_P(RealDir, PathsThatAreNotPlainAreRefused) {
  for (std::string path :
       std::initializer_list<std::string>{"..", "../" + out_.path(), "a/../file", "./file", "/etc/passwd", "a//b", "a/", "a/..", "a/b/../../.."}) {
    HostStat st;
    EXPECT_EQ(dir_->stat(path, st), -EINVAL) << path;
    EXPECT_EQ(try_open(path), -EINVAL) << path;
    EXPECT_EQ(try_open_seen(path), -EINVAL) << path;
    EXPECT_EQ(names(path), Names{"error 22"}) << path;
    EXPECT_EQ(dir_->make_dir(path, 0755), -EINVAL) << path;
    EXPECT_EQ(dir_->rename("file", path), -EINVAL) << path;
    EXPECT_EQ(dir_->make_link(path, "x"), -EINVAL) << path;
    EXPECT_EQ(dir_->make_symlink(path, "x"), -EINVAL) << path;
  }
  EXPECT_EQ(try_open(std::string("file\0x", 6)), -EINVAL);
}

TEST_P(RealDir, LinksAreNeverFollowed) {
  link(out_ / "secret", "abs");
  link("../" + std::filesystem::path(out_.path()).filename().string() + "/secret", "rel");
  link("abs", "chain");
  link("loop2", "loop1");
  link("loop1", "loop2");
  link(out_.path(), "absdir");
  link("..", "updir");
  link("a", "inside");
  link("/proc/self/root", "magic");
  for (const char* path : {"abs", "rel", "chain", "loop1", "absdir"}) {
    EXPECT_EQ(try_open(path), -ELOOP) << path;
    EXPECT_LT(try_open_seen(path), 0) << path;   // ENOTDIR of openat2, ELOOP of the walk
    EXPECT_EQ(names(path), Names{"error 20"}) << path;
  }
  const std::string up = "updir/" + std::filesystem::path(out_.path()).filename().string();
  for (const std::string& base : {std::string("absdir"), up, std::string("inside"), std::string("magic/etc")}) {
    for (const char* leaf : {"/secret", "/dir/secret"}) {
      const std::string path = base + leaf;
      HostStat st;
      std::vector<HostDir::Entry> entries;
      std::string text;
      EXPECT_EQ(try_open(path), -ENOTDIR) << path;
      EXPECT_EQ(try_open_seen(path), -ENOTDIR) << path;
      EXPECT_EQ(names(path), Names{"error 20"}) << path;
      EXPECT_EQ(dir_->stat(path, st), -ENOTDIR) << path;
      EXPECT_EQ(dir_->list(path, entries), -ENOTDIR) << path;
      EXPECT_EQ(dir_->read_link(path, text), -ENOTDIR) << path;
      EXPECT_EQ(dir_->open(path, 2, true, 0644), -ENOTDIR) << path;
      EXPECT_EQ(dir_->make_dir(path, 0755), -ENOTDIR) << path;
      EXPECT_EQ(dir_->make_symlink(path, "x"), -ENOTDIR) << path;
      EXPECT_EQ(dir_->make_link("file", path), -ENOTDIR) << path;
      EXPECT_EQ(dir_->make_link(path, "x"), -ENOTDIR) << path;
      EXPECT_EQ(dir_->remove(path, false), -ENOTDIR) << path;
      EXPECT_EQ(dir_->rename(path, "x"), -ENOTDIR) << path;
      EXPECT_EQ(dir_->rename("file", path), -ENOTDIR) << path;
      EXPECT_EQ(dir_->set_mode(path, 0777), -ENOTDIR) << path;
      EXPECT_EQ(dir_->set_times(path, {}, {}), -ENOTDIR) << path;
    }
  }
  // On the link itself.
  std::vector<HostDir::Entry> entries;
  EXPECT_EQ(dir_->list("absdir", entries), -ENOTDIR);
  EXPECT_EQ(dir_->set_mode("abs", 0777), -EPERM);
  EXPECT_EQ(dir_->open("abs", 2, true, 0644), -EEXIST);
  EXPECT_EQ(dir_->set_times("abs", {1, 0}, {1, 0}), 0);
  EXPECT_EQ(dir_->make_link("abs", "hardlink"), 0);  // a link to the link
  HostStat st;
  ASSERT_EQ(dir_->stat("hardlink", st), 0);
  EXPECT_EQ(st.type, HostStat::Type::Symlink);
  EXPECT_EQ(dir_->remove("absdir", false), 0);
  EXPECT_EQ(out_.get("secret"), "SECRET");
  EXPECT_EQ(out_.get("dir/secret"), "SECRET");
  struct stat outside;
  ASSERT_EQ(::stat((out_ / "secret").c_str(), &outside), 0);
  EXPECT_NE(outside.st_mtim.tv_sec, 1);
}

TEST_P(RealDir, SpecialFilesAreSeenAndNotOpened) {
  ASSERT_EQ(mkfifo((in_ / "fifo").c_str(), 0666), 0);
  int s = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX};
  std::string path = in_ / "socket";
  ASSERT_LT(path.size(), sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  ASSERT_EQ(bind(s, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  close(s);
  const bool device = mknod((in_ / "zero").c_str(), S_IFCHR | 0666, makedev(1, 5)) == 0;  // root only
  for (const char* name : {"fifo", "socket", "zero"}) {
    if (name[0] == 'z' && !device) continue;
    HostStat st;
    ASSERT_EQ(dir_->stat(name, st), 0);
    EXPECT_EQ(st.type, name[0] == 'f' ? HostStat::Type::Fifo : HostStat::Type::Special);
    for (int flags : {0, 1, 2}) EXPECT_EQ(dir_->open(name, flags, false, 0), -ENXIO) << name;
    EXPECT_EQ(try_open_seen(name), -ENXIO) << name;   // what stat() had called a file may be one of these by now
    EXPECT_EQ(names(name), Names{"error 20"}) << name;
    if (name[0] == 'f') continue;   // a name with a mode, as a regular file is
    EXPECT_EQ(dir_->set_mode(name, 0777), -EPERM);
    EXPECT_EQ(dir_->make_link(name, "x"), -EPERM);
  }
}

TEST_P(RealDir, ListsWithAStat) {
  link("a", "l");
  for (int i = 0; i < 3000; ++i) in_.put("many/" + std::to_string(i) + std::string(40, 'x'), "");   // more than one block of entries
  std::vector<HostDir::Entry> entries;
  HostStat self;
  std::vector<HostDir::Child> children;
  ASSERT_EQ(dir_->list_and_stat("", entries, &self, &children), 0);
  EXPECT_EQ(children.size(), 3u);   // not the link
  for (const HostDir::Child& c : children) {
    HostStat looked;
    EXPECT_EQ(c.result, dir_->stat(c.name, looked)) << c.name;
    EXPECT_EQ(c.stat.ino, looked.ino) << c.name;
  }
  std::string found;
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (const HostDir::Entry& e : entries) found += e.name + " " + std::to_string(static_cast<int>(e.type)) + ",";
  EXPECT_EQ(found, "a 1,file 0,l 2,many 1,");
  EXPECT_EQ(self.type, HostStat::Type::Directory);
  HostStat looked;
  ASSERT_EQ(dir_->stat("", looked), 0);
  EXPECT_EQ(self.ino, looked.ino);
  EXPECT_EQ(names("a/b"), Names{"file"});
  EXPECT_EQ(names("none"), Names{"error 2"});
  EXPECT_EQ(names("file"), Names{"error 20"});
  const Names many = names("many");
  EXPECT_EQ(many.size(), 3000u);
  EXPECT_EQ(std::adjacent_find(many.begin(), many.end()), many.end());
}

TEST_P(RealDir, ReadOnlyRefusesEveryChange) {
  auto ro = open_posix_dir(in_.path(), false, nullptr, GetParam());
  EXPECT_EQ(ro->open("file", 1, false, 0), -EROFS);
  EXPECT_EQ(ro->open("file", 2, false, 0), -EROFS);
  EXPECT_EQ(ro->open("new", 0, true, 0644), -EROFS);
  HostResult h = ro->open("file", 0, false, 0);
  ASSERT_GE(h, 0);
  EXPECT_EQ(ro->write(h, 0, "x"), -EROFS);
  EXPECT_EQ(ro->truncate(h, 0), -EROFS);
  ro->close(h);
  EXPECT_EQ(ro->make_dir("d", 0755), -EROFS);
  EXPECT_EQ(ro->make_symlink("l", "x"), -EROFS);
  EXPECT_EQ(ro->make_link("file", "x"), -EROFS);
  EXPECT_EQ(ro->remove("file", false), -EROFS);
  EXPECT_EQ(ro->rename("file", "x"), -EROFS);
  EXPECT_EQ(ro->set_mode("file", 0777), -EROFS);
  EXPECT_EQ(ro->set_mode("", 0777), -EROFS);
  EXPECT_EQ(ro->set_times("file", {}, {}), -EROFS);
}

TEST_P(RealDir, TheMountIsADirectoryNotAPath) {
  const std::string moved = in_.path() + ".moved";
  ASSERT_EQ(rename(in_.path().c_str(), moved.c_str()), 0);
  ASSERT_EQ(symlink(out_.path().c_str(), in_.path().c_str()), 0);
  EXPECT_EQ(read("file"), "data");
  EXPECT_EQ(try_open("secret"), -ENOENT);
  ASSERT_EQ(unlink(in_.path().c_str()), 0);
  ASSERT_EQ(rename(moved.c_str(), in_.path().c_str()), 0);
}

// Another thread swaps a directory of the path for a link to the outside, over and over.
TEST_P(RealDir, RacingRenamesNeverLeadOutside) {
  in_.put("x/secret", "inside");
  out_.put("only outside", "");
  link(out_.path(), "evil");
  std::atomic<bool> stop{false};
  std::thread attacker([&] {
    const std::string x = in_ / "x", y = in_ / "y", evil = in_ / "evil";
    while (!stop) {
      (void)!rename(x.c_str(), y.c_str());
      (void)!rename(evil.c_str(), x.c_str());
      (void)!rename(x.c_str(), evil.c_str());
      (void)!rename(y.c_str(), x.c_str());
    }
  });
  int seen = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string got = read("x/secret", i % 2 == 0);
    for (const std::string& name : names("x")) ASSERT_NE(name, "only outside");
    if (got == "inside") ++seen;
    ASSERT_NE(got, "SECRET");
    if (i % 8 == 0) {
      HostResult h = dir_->open("x/made", 2, true, 0644);
      if (h >= 0) dir_->close(h);
      dir_->remove("x/made", false);
      dir_->make_symlink("x/made", "t");
      dir_->remove("x/made", false);
      dir_->set_mode("x/secret", 0640);
    }
  }
  stop = true;
  attacker.join();
  EXPECT_GT(seen, 0);
  EXPECT_FALSE(out_.has("made"));
  EXPECT_EQ(out_.get("secret"), "SECRET");
  struct stat st;
  ASSERT_EQ(::stat((out_ / "secret").c_str(), &st), 0);
  EXPECT_NE(st.st_mode & 0777, 0640u);
}

// A file swapped for a FIFO between the look and the open must not block.
TEST_P(RealDir, RacingFifosNeverBlock) {
  ASSERT_EQ(mkfifo((in_ / "fifo").c_str(), 0666), 0);
  std::atomic<bool> stop{false};
  std::thread attacker([&] {
    const std::string file = in_ / "file", fifo = in_ / "fifo", spare = in_ / "spare";
    while (!stop) {
      (void)!rename(file.c_str(), spare.c_str());
      (void)!rename(fifo.c_str(), file.c_str());
      (void)!rename(file.c_str(), fifo.c_str());
      (void)!rename(spare.c_str(), file.c_str());
    }
  });
  for (int i = 0; i < 20000; ++i) {
    HostStat st;
    HostResult h = i % 2 ? dir_->open("file", 0, false, 0) : i % 4 ? dir_->open_seen("file") : dir_->open_and_stat("file", st);
    if (h == -ENOSYS) continue;
    if (h >= 0 && i % 4 == 0) EXPECT_EQ(st.type, HostStat::Type::Regular);
    EXPECT_TRUE(h >= 0 || h == -ENOENT || h == -ENXIO) << h;
    if (h >= 0) dir_->close(h);
  }
  stop = true;
  attacker.join();
}

TEST(OpenDir, Errors) {
  TempDir t;
  t.put("file", "");
  int error = 0;
  EXPECT_FALSE(open_posix_dir(t / "none", false, &error));
  EXPECT_EQ(error, ENOENT);
  EXPECT_FALSE(open_posix_dir(t / "file", false, &error));
  EXPECT_EQ(error, ENOTDIR);
}

INSTANTIATE_TEST_SUITE_P(Walks, RealDir, ::testing::Bool(), [](const auto& i) { return i.param ? "openat2" : "steps"; });

}  // namespace
}  // namespace nacre
