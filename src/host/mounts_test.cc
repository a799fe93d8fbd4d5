// cow, ro and rw mounts over real directories.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/posix_host.h"
#include "host/temp_dir.h"
#include "vfs/host_fs.h"
#include "vfs/mem_fs.h"
#include "vfs/test_clock.h"
#include "vfs/vfs.h"

namespace nacre {
namespace {

using Strings = std::vector<std::string>;

class Mounts : public ::testing::Test {
 protected:
  Mounts() {
    host_.put("a.txt", "alpha");
    host_.put("dir/b.txt", "beta");
    host_.put("dir/sub/c.txt", "gamma");
    vfs_ = std::make_unique<Vfs>(std::shared_ptr<MemFs>(MemFs::create({.clock = &clock_})));
  }
  void mount_cow() {
    auto dir = open_posix_dir(host_.path(), false, nullptr);
    mem_ = MemFs::create({.clock = &clock_, .budget = &budget_, .backing = dir});
    ASSERT_TRUE(vfs_->mount("/w", mem_, {}));
  }
  void mount_host(bool read_only) {
    auto dir = open_posix_dir(host_.path(), !read_only, nullptr);
    real_ = HostFs::create({.dir = dir, .read_only = read_only});
    ASSERT_TRUE(vfs_->mount("/w", real_, {}));
  }
  PathContext ctx() { return {&user_, vfs_->root(), 022}; }
  Errno put(std::string_view path, std::string_view data, uint32_t flags = kOpenTruncate, uint64_t offset = 0) {
    auto node = vfs_->open(ctx(), path, kOpenWrite | kOpenCreate | flags, 0666);
    if (!node) return node.error();
    return node->fs->write(node->id, offset, data).error();
  }
  std::string get(std::string_view path) { return get(*vfs_, path); }
  std::string get(Vfs& vfs, std::string_view path) {
    auto node = vfs.open({&user_, vfs.root()}, path, kOpenRead, 0);
    if (!node) return std::string(name(node.error()));
    std::string out, buffer(100000, 0);
    for (;;) {
      auto n = node->fs->read(node->id, out.size(), buffer);
      if (!n) return std::string(name(n.error()));
      if (*n == 0) return out;
      out.append(buffer, 0, *n);
    }
  }
  Strings list(std::string_view path) {
    Strings out;
    auto entries = vfs_->list(ctx(), path);
    if (!entries) return {std::string(name(entries.error()))};
    for (auto& e : *entries) out.push_back(e.name);
    std::sort(out.begin(), out.end());
    return out;
  }

  TestClock clock_;
  Budget budget_{Limits{}};
  TempDir host_;
  Credentials user_;
  std::unique_ptr<Vfs> vfs_;
  std::shared_ptr<MemFs> mem_;
  std::shared_ptr<HostFs> real_;
};

TEST_F(Mounts, CowReadsTheHostAndKeepsWritesToItself) {
  mount_cow();
  EXPECT_EQ(list("/w"), (Strings{"a.txt", "dir"}));
  EXPECT_EQ(get("/w/dir/sub/c.txt"), "gamma");
  Stat st = *vfs_->stat(ctx(), "/w/a.txt");
  EXPECT_EQ(st.size, 5u);
  EXPECT_EQ(st.uid, 1000u);
  auto before = vfs_->snapshot();
  EXPECT_EQ(put("/w/a.txt", "XX", 0, 1), Errno::OK);
  EXPECT_EQ(put("/w/new.txt", "new"), Errno::OK);
  EXPECT_EQ(put("/w/dir/b.txt", "short"), Errno::OK);
  EXPECT_TRUE(vfs_->rename(ctx(), "/w/dir/sub", "/w/moved"));
  EXPECT_TRUE(vfs_->unlink(ctx(), "/w/dir/b.txt"));
  EXPECT_TRUE(vfs_->rmdir(ctx(), "/w/dir"));
  EXPECT_EQ(get("/w/a.txt"), "aXXha");
  EXPECT_EQ(get("/w/moved/c.txt"), "gamma");
  EXPECT_EQ(*vfs_->real_path(ctx(), "/w/moved/.."), "/w");
  EXPECT_EQ(list("/w"), (Strings{"a.txt", "moved", "new.txt"}));
  ChangeSet c = vfs_->changes_since(*before);
  EXPECT_EQ(c.created, (Strings{"/w/new.txt"}));
  EXPECT_EQ(c.modified, (Strings{"/w/a.txt"}));
  EXPECT_EQ(c.deleted, (Strings{"/w/dir", "/w/dir/b.txt"}));
  ASSERT_EQ(c.renamed.size(), 1u);
  EXPECT_EQ(c.renamed[0].from + c.renamed[0].to, "/w/dir/sub/w/moved");
  EXPECT_EQ(host_.get("a.txt"), "alpha");
  EXPECT_EQ(host_.get("dir/b.txt"), "beta");
  EXPECT_FALSE(host_.has("new.txt"));
  vfs_->restore(*before);
  EXPECT_EQ(get("/w/a.txt"), "alpha");
  EXPECT_EQ(list("/w/dir"), (Strings{"b.txt", "sub"}));
  EXPECT_TRUE(vfs_->changes_since(*before).empty());
}

TEST_F(Mounts, CowNodesKeepTheirIdsThroughRestoreAndRefresh) {
  mount_cow();
  auto before = vfs_->snapshot();
  Node sub = *vfs_->resolve(ctx(), "/w/dir/sub");
  sub.fs->hold(sub.id);
  vfs_->restore(*before);
  EXPECT_EQ(*vfs_->path_of(sub), "/w/dir/sub");
  vfs_->refresh();
  EXPECT_EQ(*vfs_->path_of(sub), "/w/dir/sub");
  EXPECT_EQ(*vfs_->resolve(ctx(), "/w/dir/sub"), sub);
  auto fork = vfs_->fork();
  EXPECT_EQ(get(*fork, "/w/dir/sub/c.txt"), "gamma");
}

TEST_F(Mounts, CowLargeFilesAreReadByChunk) {
  std::string big(3 << 20, 0);
  for (size_t i = 0; i < big.size(); ++i) big[i] = static_cast<char>(i * 31 + i / 65536);
  host_.put("big", big);
  mount_cow();
  EXPECT_EQ(get("/w/big"), big);
  const uint64_t free = mem_->usage().blocks_free;
  EXPECT_EQ(put("/w/big", "HELLO", 0, 1'000'000), Errno::OK);
  EXPECT_LE(free - mem_->usage().blocks_free, 16u);  // one chunk
  std::string now = big;
  now.replace(1'000'000, 5, "HELLO");
  EXPECT_EQ(get("/w/big"), now);
  EXPECT_TRUE(vfs_->truncate(ctx(), "/w/big", 2'000'001));
  EXPECT_TRUE(vfs_->truncate(ctx(), "/w/big", 2'500'000));
  now.resize(2'000'001);
  now.resize(2'500'000);
  EXPECT_EQ(get("/w/big"), now);
  // The host file changes beneath: what was not read yet must not mix with it.
  host_.put("big", std::string(3 << 20, 'z'));
  EXPECT_EQ(get("/w/big").substr(0, 3), "EIO");
  EXPECT_TRUE(vfs_->unlink(ctx(), "/w/big"));
}

TEST_F(Mounts, CowWhenTheHostChanges) {
  mount_cow();
  EXPECT_EQ(get("/w/a.txt"), "alpha");
  EXPECT_EQ(list("/w/dir"), (Strings{"b.txt", "sub"}));
  host_.put("a.txt", "a longer text");
  host_.put("dir/later.txt", "later");
  ASSERT_EQ(unlink((host_ / "dir/b.txt").c_str()), 0);
  EXPECT_EQ(get("/w/a.txt"), "a lon");  // present bytes, first size
  EXPECT_EQ(get("/w/dir/b.txt"), "ENOENT");
  EXPECT_EQ(list("/w/dir"), (Strings{"b.txt", "sub"}));
  EXPECT_EQ(put("/w/a.txt", "!", 0, 13), Errno::OK);  // taken as it is now
  EXPECT_EQ(get("/w/a.txt"), "a longer text!");
  vfs_->refresh();
  EXPECT_EQ(list("/w/dir"), (Strings{"later.txt", "sub"}));
  EXPECT_EQ(get("/w/dir/later.txt"), "later");
  EXPECT_EQ(get("/w/a.txt"), "a longer text!");
}

TEST_F(Mounts, CowFilesThatBecomeOtherThings) {
  TempDir outside;
  outside.put("secret", "SECRET");
  outside.put("sub/c.txt", "SECRET");
  for (const char* name : {"link", "fifo", "dir2", "again"}) host_.put(name, "alpha");
  for (int i = 0; i < 40; ++i) host_.put("many/" + std::to_string(i), "x");
  mount_cow();
  for (const char* name : {"/w/link", "/w/fifo", "/w/dir2"}) EXPECT_EQ(vfs_->stat(ctx(), name)->size, 5u);
  EXPECT_EQ(get("/w/again"), "alpha");
  for (int i = 0; i < 40; ++i) EXPECT_EQ(get("/w/many/" + std::to_string(i)), "x");   // more than there are handles
  EXPECT_EQ(vfs_->stat(ctx(), "/w/dir")->type, FileType::Directory);
  for (const char* name : {"link", "fifo", "dir2", "again"}) ASSERT_EQ(unlink((host_ / name).c_str()), 0);
  ASSERT_EQ(symlink((outside / "secret").c_str(), (host_ / "link").c_str()), 0);
  ASSERT_EQ(mkfifo((host_ / "fifo").c_str(), 0666), 0);
  ASSERT_EQ(mkfifo((host_ / "again").c_str(), 0666), 0);
  ASSERT_EQ(mkdir((host_ / "dir2").c_str(), 0755), 0);
  ASSERT_EQ(rename((host_ / "dir").c_str(), (host_ / "moved").c_str()), 0);
  ASSERT_EQ(symlink(outside.path().c_str(), (host_ / "dir").c_str()), 0);
  EXPECT_EQ(get("/w/link"), "ENOTDIR");
  EXPECT_EQ(get("/w/fifo"), "ENXIO");
  EXPECT_EQ(get("/w/again"), "ENXIO");
  EXPECT_EQ(get("/w/dir2"), "EISDIR");
  EXPECT_EQ(list("/w/dir"), Strings{"ENOTDIR"});
  EXPECT_EQ(list("/w/dir/sub"), Strings{"ENOTDIR"});
  EXPECT_EQ(get("/w/dir/sub/c.txt"), "ENOTDIR");
}

TEST_F(Mounts, CowADirectoryListedBeforeItIsLookedAt) {
  mount_cow();
  EXPECT_EQ(list("/w/dir/sub"), Strings{"c.txt"});   // "sub" is known by name alone
  const Stat st = *vfs_->stat(ctx(), "/w/dir/sub");
  struct stat is;
  ASSERT_EQ(::stat((host_ / "dir/sub").c_str(), &is), 0);
  EXPECT_EQ(st.mode, is.st_mode & 07777);
  EXPECT_EQ(st.mtime.sec, is.st_mtim.tv_sec);
  EXPECT_EQ(st.nlink, 2u);
  ASSERT_EQ(mkdir((host_ / "later").c_str(), 0755), 0);
  vfs_->refresh();
  EXPECT_EQ(list("/w"), (Strings{"a.txt", "dir", "later"}));
  ASSERT_EQ(rmdir((host_ / "later").c_str()), 0);
  EXPECT_EQ(list("/w/later"), Strings{"ENOENT"});
}

TEST_F(Mounts, CowLinksResolveInsideTheSandbox) {
  ASSERT_EQ(symlink("/etc/passwd", (host_ / "abs").c_str()), 0);
  ASSERT_EQ(symlink("../../../../../../etc/passwd", (host_ / "up").c_str()), 0);
  ASSERT_EQ(symlink("dir/b.txt", (host_ / "ok").c_str()), 0);
  ASSERT_EQ(symlink("loop", (host_ / "loop").c_str()), 0);
  ASSERT_EQ(mkfifo((host_ / "fifo").c_str(), 0666), 0);
  for (int mode : {0, 1, 2}) {
    if (mode == 0) mount_cow();
    else mount_host(mode == 1);
    EXPECT_EQ(get("/w/abs"), "ENOENT");  // the sandbox has no /etc/passwd
    EXPECT_EQ(get("/w/up"), "ENOENT");
    EXPECT_EQ(get("/w/ok"), "beta");
    EXPECT_EQ(get("/w/loop"), "ELOOP");
    EXPECT_EQ(*vfs_->read_link(ctx(), "/w/abs"), "/etc/passwd");
    EXPECT_EQ(vfs_->stat(ctx(), "/w/fifo")->type, FileType::Fifo);
    ASSERT_TRUE(vfs_->unmount("/w"));
  }
}

TEST_F(Mounts, CowHardLinksAndHeldFiles) {
  mount_cow();
  EXPECT_TRUE(vfs_->link(ctx(), "/w/a.txt", "/w/dir/hard"));
  EXPECT_EQ(put("/w/dir/hard", "both"), Errno::OK);
  EXPECT_EQ(get("/w/a.txt"), "both");
  Node b = *vfs_->open(ctx(), "/w/dir/b.txt", kOpenRead, 0);
  b.fs->hold(b.id);
  EXPECT_TRUE(vfs_->unlink(ctx(), "/w/dir/b.txt"));
  char buffer[10];
  EXPECT_EQ(*b.fs->read(b.id, 0, buffer), 4u);
  EXPECT_EQ(vfs_->stat(b)->nlink, 0u);
  b.fs->release(b.id);
  EXPECT_EQ(get("/w/dir/b.txt"), "ENOENT");
  EXPECT_TRUE(vfs_->mkdir(ctx(), "/w/dir/b.txt", 0755));
}

TEST_F(Mounts, CowManyFilesNeedFewHandles) {
  for (int i = 0; i < 100; ++i) host_.put("many/" + std::to_string(i), std::to_string(i));
  mount_cow();
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < 100; ++i) ASSERT_EQ(get("/w/many/" + std::to_string(i)), std::to_string(i));
}

TEST_F(Mounts, ReadOnly) {
  mount_host(true);
  EXPECT_EQ(get("/w/dir/b.txt"), "beta");
  EXPECT_EQ(put("/w/a.txt", "x"), Errno::ROFS);
  EXPECT_EQ(put("/w/new", "x"), Errno::ROFS);
  EXPECT_EQ(vfs_->unlink(ctx(), "/w/a.txt").error(), Errno::ROFS);
  EXPECT_EQ(vfs_->chmod(ctx(), "/w/a.txt", 0600).error(), Errno::ROFS);
  EXPECT_EQ(vfs_->rename(ctx(), "/w/a.txt", "/w/b").error(), Errno::ROFS);
  EXPECT_EQ(vfs_->mkdir(ctx(), "/w/d", 0755).error(), Errno::ROFS);
  host_.put("a.txt", "seen at once");
  EXPECT_EQ(get("/w/a.txt"), "seen at once");
}

TEST_F(Mounts, ReadWriteGoesToTheHostAndIsRecorded) {
  mount_host(false);
  auto before = vfs_->snapshot();
  EXPECT_EQ(put("/w/a.txt", "changed"), Errno::OK);
  EXPECT_EQ(put("/w/new.txt", "new"), Errno::OK);
  EXPECT_EQ(put("/w/.tmp", "atomic"), Errno::OK);
  EXPECT_TRUE(vfs_->rename(ctx(), "/w/.tmp", "/w/dir/b.txt"));
  EXPECT_TRUE(vfs_->mkdir(ctx(), "/w/d1", 0750));
  EXPECT_EQ(put("/w/d1/f", "f"), Errno::OK);
  EXPECT_TRUE(vfs_->rename(ctx(), "/w/d1", "/w/d2"));
  EXPECT_TRUE(vfs_->rename(ctx(), "/w/dir/sub", "/w/moved"));
  EXPECT_TRUE(vfs_->chmod(ctx(), "/w/moved/c.txt", 0600));
  EXPECT_EQ(host_.get("a.txt"), "changed");
  EXPECT_EQ(host_.get("dir/b.txt"), "atomic");
  EXPECT_EQ(host_.get("d2/f"), "f");
  EXPECT_EQ(host_.get("moved/c.txt"), "gamma");
  ChangeSet c = vfs_->changes_since(*before);
  EXPECT_EQ(c.created, (Strings{"/w/d2", "/w/d2/f", "/w/new.txt"}));
  EXPECT_EQ(c.modified, (Strings{"/w/a.txt", "/w/dir/b.txt"}));
  EXPECT_EQ(c.mode_changed, (Strings{"/w/moved/c.txt"}));
  EXPECT_TRUE(c.deleted.empty());
  ASSERT_EQ(c.renamed.size(), 1u);
  EXPECT_EQ(c.renamed[0].to, "/w/moved");
  auto later = vfs_->snapshot();
  EXPECT_TRUE(vfs_->changes_since(*later).empty());
  EXPECT_TRUE(vfs_->unlink(ctx(), "/w/a.txt"));
  EXPECT_EQ(vfs_->changes_since(*later).deleted, (Strings{"/w/a.txt"}));
  EXPECT_TRUE(vfs_->rename(ctx(), "/w/dir/b.txt", "/w/dir/b.bak"));
  EXPECT_EQ(put("/w/dir/b.txt", "anew"), Errno::OK);
  c = vfs_->changes_since(*later);
  EXPECT_EQ(c.created, (Strings{"/w/dir/b.bak"}));
  EXPECT_EQ(c.modified, (Strings{"/w/dir/b.txt"}));
  EXPECT_EQ(vfs_->mknod(ctx(), "/w/fifo", FileType::Fifo, 0640).error(), Errno::OK);
  struct stat st;
  ASSERT_EQ(::lstat((host_ / "fifo").c_str(), &st), 0);
  EXPECT_TRUE(S_ISFIFO(st.st_mode));
  EXPECT_EQ(st.st_mode & 07777, 0640u);
  EXPECT_EQ(vfs_->chown(ctx(), "/w/new.txt", 1000, 1000).error(), Errno::OK);
}

TEST_F(Mounts, ReadWriteOpenFilesSurviveUnlinkAndRename) {
  mount_host(false);
  Node a = *vfs_->open(ctx(), "/w/a.txt", kOpenReadWrite, 0);
  Node b = *vfs_->open(ctx(), "/w/dir/b.txt", kOpenReadWrite, 0);
  a.fs->hold(a.id);
  b.fs->hold(b.id);
  EXPECT_TRUE(vfs_->unlink(ctx(), "/w/a.txt"));
  EXPECT_TRUE(vfs_->rename(ctx(), "/w/dir", "/w/other"));
  char buffer[10];
  EXPECT_EQ(*a.fs->read(a.id, 0, buffer), 5u);
  EXPECT_TRUE(a.fs->write(a.id, 5, "more"));
  EXPECT_EQ(a.fs->stat(a.id)->size, 9u);
  EXPECT_EQ(a.fs->stat(a.id)->nlink, 0u);
  EXPECT_TRUE(b.fs->write(b.id, 0, "B"));
  EXPECT_EQ(host_.get("other/b.txt"), "Beta");
  EXPECT_EQ(*vfs_->resolve(ctx(), "/w/other/b.txt"), b);
  EXPECT_EQ(put("/w/a.txt", "another"), Errno::OK);
  EXPECT_NE(*vfs_->resolve(ctx(), "/w/a.txt"), a);
  EXPECT_EQ(*a.fs->read(a.id, 0, buffer), 9u);
  a.fs->release(a.id);
  b.fs->release(b.id);
  auto fork = vfs_->fork();
  EXPECT_EQ(get(*fork, "/w/other/b.txt"), "Beta");
}

}  // namespace
}  // namespace nacre
