#include "vfs/vfs.h"

#include <gtest/gtest.h>

#include "vfs/mem_fs.h"
#include "vfs/test_clock.h"

namespace nacre {
namespace {

class VfsTest : public ::testing::Test {
 protected:
  VfsTest() {
    mem_ = MemFs::create({.clock = &clock_});
    vfs_ = std::make_unique<Vfs>(mem_);
    root_.uid = 0;
    user_.uid = 1000;
    EXPECT_TRUE(vfs_->mkdir(as_root(), "/home", 0755));
    EXPECT_TRUE(vfs_->mkdir(as_root(), "/tmp", 0777));
    EXPECT_TRUE(vfs_->chmod(as_root(), "/tmp", 01777));
    EXPECT_TRUE(vfs_->mkdir(as_root(), "/home/agent", 0755));
    EXPECT_TRUE(vfs_->chown(as_root(), "/home/agent", 1000, 1000));
    home_ = *vfs_->resolve(as_root(), "/home/agent");
  }
  PathContext as_root() { return {&root_, vfs_->root(), 022}; }
  PathContext as_user() { return {&user_, home_, 022}; }

  Errno put(std::string_view path, std::string_view data, Mode mode = 0666) {
    auto node = vfs_->open(as_user(), path, kOpenWrite | kOpenCreate | kOpenTruncate, mode);
    if (!node) return node.error();
    return node->fs->write(node->id, 0, data).error();
  }
  std::string get(std::string_view path) {
    auto node = vfs_->open(as_user(), path, kOpenRead, 0);
    if (!node) return std::string(name(node.error()));
    std::string out(100, 0);
    auto n = node->fs->read(node->id, 0, out);
    out.resize(*n);
    return out;
  }
  std::string real(std::string_view path, bool missing = false) {
    auto r = vfs_->real_path(as_user(), path, missing);
    return r ? *r : std::string(name(r.error()));
  }
  Errno resolve(std::string_view path, Follow f = Follow::Yes) { return vfs_->resolve(as_user(), path, f).error(); }

  TestClock clock_;
  std::shared_ptr<MemFs> mem_;
  std::unique_ptr<Vfs> vfs_;
  Credentials root_, user_;
  Node home_;
};

TEST_F(VfsTest, ResolutionTable) {
  ASSERT_EQ(put("f", "data"), Errno::OK);
  ASSERT_TRUE(vfs_->mkdir(as_user(), "d", 0777));
  ASSERT_TRUE(vfs_->mkdir(as_user(), "d/e", 0777));
  ASSERT_TRUE(vfs_->symlink(as_user(), "f", "lf"));
  ASSERT_TRUE(vfs_->symlink(as_user(), "d", "ld"));
  ASSERT_TRUE(vfs_->symlink(as_user(), "/home/agent/d/e/", "le"));
  ASSERT_TRUE(vfs_->symlink(as_user(), "gone", "dangling"));
  ASSERT_TRUE(vfs_->symlink(as_user(), "loop2", "loop1"));
  ASSERT_TRUE(vfs_->symlink(as_user(), "loop1", "loop2"));
  ASSERT_TRUE(vfs_->symlink(as_user(), "self/x", "self"));
  struct Case {
    const char* path;
    const char* real;
  } cases[] = {{"", "ENOENT"},
               {"/", "/"},
               {"//", "/"},
               {"/..", "/"},
               {"/../..", "/"},
               {".", "/home/agent"},
               {"./", "/home/agent"},
               {"..", "/home"},
               {"f", "/home/agent/f"},
               {"./f", "/home/agent/f"},
               {"f/", "ENOTDIR"},
               {"f/.", "ENOTDIR"},
               {"f/..", "ENOTDIR"},
               {"f/x", "ENOTDIR"},
               {"d/../f", "/home/agent/f"},
               {"d//e///", "/home/agent/d/e"},
               {"lf", "/home/agent/f"},
               {"lf/", "ENOTDIR"},
               {"ld", "/home/agent/d"},
               {"ld/e", "/home/agent/d/e"},
               {"ld/..", "/home/agent"},
               {"le", "/home/agent/d/e"},
               {"le/..", "/home/agent/d"},
               {"dangling", "ENOENT"},
               {"dangling/x", "ENOENT"},
               {"loop1", "ELOOP"},
               {"loop1/x", "ELOOP"},
               {"self", "ELOOP"},
               {"nope", "ENOENT"},
               {"nope/x", "ENOENT"},
               {"/home/agent/../agent/./f", "/home/agent/f"}};
  for (const Case& c : cases) EXPECT_EQ(real(c.path), c.real) << c.path;
  EXPECT_EQ(real("nope", true), "/home/agent/nope");
  EXPECT_EQ(real("dangling", true), "/home/agent/gone");
  EXPECT_EQ(real("nope/x", true), "ENOENT");
  EXPECT_EQ(real("/nope", true), "/nope");
  EXPECT_EQ(resolve(std::string(256, 'n')), Errno::NAMETOOLONG);
  EXPECT_EQ(resolve(std::string(255, 'n')), Errno::NOENT);
  EXPECT_EQ(resolve("/" + std::string(4096, '/')), Errno::NAMETOOLONG);
  EXPECT_EQ(resolve("loop1", Follow::No), Errno::OK);
  EXPECT_EQ(resolve("ld/", Follow::No), Errno::OK);
  EXPECT_TRUE(vfs_->stat(as_user(), "ld/", Follow::No)->is_dir());
  EXPECT_TRUE(vfs_->stat(as_user(), "ld", Follow::No)->is_symlink());
}

TEST_F(VfsTest, FortyLinksAreFollowedOneMoreIsNot) {
  ASSERT_EQ(put("l0", "end"), Errno::OK);
  for (int i = 1; i <= 41; ++i) ASSERT_TRUE(vfs_->symlink(as_user(), "l" + std::to_string(i - 1), "l" + std::to_string(i)));
  EXPECT_EQ(get("l40"), "end");
  EXPECT_EQ(get("l41"), "ELOOP");
}

TEST_F(VfsTest, OpenFlags) {
  ASSERT_EQ(put("f", "data"), Errno::OK);
  ASSERT_TRUE(vfs_->mkdir(as_user(), "d", 0777));
  ASSERT_TRUE(vfs_->symlink(as_user(), "f", "lf"));
  ASSERT_TRUE(vfs_->symlink(as_user(), "new", "dangling"));
  auto open = [&](const char* path, uint32_t flags) { return vfs_->open(as_user(), path, flags, 0644).error(); };
  EXPECT_EQ(open("f", kOpenCreate | kOpenExclusive), Errno::EXIST);
  EXPECT_EQ(open("dangling", kOpenCreate | kOpenExclusive), Errno::EXIST);
  EXPECT_EQ(open("lf", kOpenNoFollow), Errno::LOOP);
  EXPECT_EQ(open("lf", kOpenNoFollow | kOpenPath), Errno::OK);
  EXPECT_EQ(open("f", kOpenDirectory), Errno::NOTDIR);
  EXPECT_EQ(open("d", kOpenDirectory), Errno::OK);
  EXPECT_EQ(open("d", kOpenWrite), Errno::ISDIR);
  EXPECT_EQ(open("d", kOpenCreate), Errno::ISDIR);
  EXPECT_EQ(open("x/", kOpenCreate | kOpenWrite), Errno::ISDIR);
  EXPECT_EQ(open("no/x", kOpenCreate | kOpenWrite), Errno::NOENT);
  EXPECT_EQ(open("f/x", kOpenCreate | kOpenWrite), Errno::NOTDIR);
  EXPECT_EQ(open("dangling", kOpenCreate | kOpenWrite), Errno::OK);
  EXPECT_EQ(get("new"), "");
  EXPECT_EQ(open("f", kOpenWrite | kOpenTruncate), Errno::OK);
  EXPECT_EQ(get("f"), "");
  EXPECT_EQ(vfs_->stat(as_user(), "f")->mode, 0644u);  // 0666 & ~022
}

TEST_F(VfsTest, Permissions) {
  ASSERT_TRUE(vfs_->mkdir(as_root(), "/secret", 0700));
  ASSERT_TRUE(vfs_->open(as_root(), "/secret/f", kOpenCreate | kOpenWrite, 0600));
  ASSERT_TRUE(vfs_->open(as_root(), "/tmp/theirs", kOpenCreate | kOpenWrite, 0644));
  EXPECT_EQ(resolve("/secret/f"), Errno::ACCES);
  EXPECT_EQ(resolve("/secret/."), Errno::ACCES);
  EXPECT_EQ(resolve("/secret"), Errno::OK);
  EXPECT_EQ(vfs_->list(as_user(), "/secret").error(), Errno::ACCES);
  EXPECT_EQ(vfs_->open(as_user(), "/x", kOpenCreate | kOpenWrite, 0644).error(), Errno::ACCES);
  EXPECT_EQ(vfs_->open(as_user(), "/tmp/theirs", kOpenWrite, 0).error(), Errno::ACCES);
  EXPECT_EQ(vfs_->open(as_user(), "/tmp/theirs", kOpenRead | kOpenTruncate, 0).error(), Errno::ACCES);
  EXPECT_EQ(vfs_->unlink(as_user(), "/tmp/theirs").error(), Errno::PERM);  // sticky
  EXPECT_EQ(vfs_->rename(as_user(), "/tmp/theirs", "/tmp/mine").error(), Errno::PERM);
  EXPECT_EQ(vfs_->chmod(as_user(), "/tmp/theirs", 0777).error(), Errno::PERM);
  EXPECT_EQ(vfs_->chown(as_user(), "/tmp/theirs", 1000, UINT32_MAX).error(), Errno::PERM);
  EXPECT_EQ(vfs_->utimens(as_user(), "/tmp/theirs", nullptr, nullptr, false).error(), Errno::OK);
  Timespec t{5, 6};
  EXPECT_EQ(vfs_->utimens(as_user(), "/tmp/theirs", &t, &t, false).error(), Errno::PERM);
  EXPECT_EQ(vfs_->utimens(as_user(), "/tmp/theirs", &t, &t, true).error(), Errno::ACCES);
  EXPECT_EQ(put("mine", "x"), Errno::OK);
  EXPECT_EQ(vfs_->chown(as_user(), "mine", 1000, 1000).error(), Errno::OK);
  EXPECT_EQ(vfs_->chown(as_user(), "mine", 0, UINT32_MAX).error(), Errno::PERM);
  EXPECT_EQ(vfs_->chown(as_user(), "mine", UINT32_MAX, 0).error(), Errno::PERM);
  ASSERT_TRUE(vfs_->chmod(as_user(), "mine", 0));
  EXPECT_EQ(get("mine"), "EACCES");
  EXPECT_EQ(vfs_->access(as_root(), "/home/agent/mine", kRead | kWrite).error(), Errno::OK);
  EXPECT_EQ(vfs_->access(as_root(), "/home/agent/mine", kExecute).error(), Errno::ACCES);
  ASSERT_TRUE(vfs_->chmod(as_root(), "/tmp/theirs", 06755));
  ASSERT_TRUE(vfs_->chown(as_root(), "/tmp/theirs", 7, 7));
  EXPECT_EQ(vfs_->stat(as_user(), "/tmp/theirs")->mode, 0755u);
}

TEST_F(VfsTest, RemovalAndRenameErrors) {
  ASSERT_TRUE(vfs_->mkdir(as_user(), "d", 0777));
  ASSERT_TRUE(vfs_->mkdir(as_user(), "d/e", 0777));
  ASSERT_TRUE(vfs_->mkdir(as_user(), "empty", 0777));
  ASSERT_EQ(put("f", "1"), Errno::OK);
  ASSERT_EQ(put("g", "2"), Errno::OK);
  ASSERT_TRUE(vfs_->symlink(as_user(), "d", "ld"));
  ASSERT_TRUE(vfs_->link(as_user(), "f", "f2"));
  auto rename = [&](const char* a, const char* b) { return vfs_->rename(as_user(), a, b).error(); };
  auto unlink = [&](const char* p) { return vfs_->unlink(as_user(), p).error(); };
  auto rmdir = [&](const char* p) { return vfs_->rmdir(as_user(), p).error(); };
  EXPECT_EQ(unlink("d"), Errno::ISDIR);
  EXPECT_EQ(unlink("."), Errno::ISDIR);
  EXPECT_EQ(unlink("/"), Errno::ISDIR);
  EXPECT_EQ(unlink("f/"), Errno::NOTDIR);
  EXPECT_EQ(unlink("ld/"), Errno::NOTDIR);
  EXPECT_EQ(unlink("none"), Errno::NOENT);
  EXPECT_EQ(rmdir("d"), Errno::NOTEMPTY);
  EXPECT_EQ(rmdir("f"), Errno::NOTDIR);
  EXPECT_EQ(rmdir("ld"), Errno::NOTDIR);
  EXPECT_EQ(rmdir("d/e/."), Errno::INVAL);
  EXPECT_EQ(rmdir("d/e/.."), Errno::NOTEMPTY);
  EXPECT_EQ(rmdir("/"), Errno::BUSY);
  EXPECT_EQ(rename("d", "d/e/x"), Errno::INVAL);
  EXPECT_EQ(rename("d", "d/x"), Errno::INVAL);
  EXPECT_EQ(rename("d/e", "d"), Errno::NOTEMPTY);
  EXPECT_EQ(rename("f", "d"), Errno::ISDIR);
  EXPECT_EQ(rename("d", "f"), Errno::NOTDIR);
  EXPECT_EQ(rename("empty", "d"), Errno::NOTEMPTY);
  EXPECT_EQ(rename("f", "x/"), Errno::NOTDIR);
  EXPECT_EQ(rename("d", "no/x"), Errno::NOENT);
  EXPECT_EQ(rename("none", "x"), Errno::NOENT);
  EXPECT_EQ(rename(".", "x"), Errno::BUSY);
  EXPECT_EQ(rename("f", "f2"), Errno::OK);
  EXPECT_EQ(get("f"), "1");  // two links to one file: both stay
  EXPECT_EQ(rename("f", "g"), Errno::OK);
  EXPECT_EQ(get("g"), "1");
  EXPECT_EQ(rename("d/", "moved/"), Errno::OK);
  EXPECT_EQ(rename("moved", "empty"), Errno::OK);
  EXPECT_EQ(real("empty/e"), "/home/agent/empty/e");
  EXPECT_EQ(vfs_->mkdir(as_user(), "ld", 0777).error(), Errno::EXIST);
  EXPECT_EQ(vfs_->mkdir(as_user(), ".", 0777).error(), Errno::EXIST);
  EXPECT_EQ(vfs_->mkdir(as_user(), "new/", 0777).error(), Errno::OK);
  EXPECT_EQ(vfs_->symlink(as_user(), "", "s").error(), Errno::NOENT);
  EXPECT_EQ(vfs_->link(as_user(), "new", "hard").error(), Errno::PERM);
  EXPECT_EQ(vfs_->mknod(as_user(), "p/", FileType::Fifo, 0666).error(), Errno::NOENT);
  EXPECT_EQ(vfs_->mknod(as_user(), "dev", FileType::CharDevice, 0666, 1, 3).error(), Errno::PERM);
  EXPECT_EQ(vfs_->mknod(as_user(), "p", FileType::Fifo, 0666).error(), Errno::OK);
}

TEST_F(VfsTest, Mounts) {
  std::shared_ptr<MemFs> other = MemFs::create({.clock = &clock_, .root_uid = 1000, .root_gid = 1000});
  std::shared_ptr<MemFs> inner = MemFs::create({.clock = &clock_, .root_uid = 1000, .root_gid = 1000});
  ASSERT_TRUE(vfs_->mount("/mnt/other", other, {}));
  ASSERT_TRUE(vfs_->mount("/mnt/other/deep/inner", inner, {.read_only = true}));
  EXPECT_EQ(vfs_->mount("/x", other, {}).error(), Errno::BUSY);
  EXPECT_EQ(put("/mnt/other/f", "other"), Errno::OK);
  EXPECT_EQ(get("/mnt/other/deep/inner/../../f"), "other");
  EXPECT_EQ(real("/mnt/other/deep/inner/.."), "/mnt/other/deep");
  EXPECT_EQ(*vfs_->path_of({inner.get(), inner->root()}), "/mnt/other/deep/inner");
  EXPECT_EQ(put("/mnt/other/deep/inner/f", "x"), Errno::ROFS);
  EXPECT_EQ(vfs_->mkdir(as_user(), "/mnt/other/deep/inner/f", 0777).error(), Errno::ROFS);
  EXPECT_EQ(vfs_->access(as_user(), "/mnt/other/deep/inner", kWrite).error(), Errno::ROFS);
  EXPECT_EQ(vfs_->rmdir(as_root(), "/mnt/other").error(), Errno::BUSY);
  EXPECT_EQ(vfs_->rename(as_root(), "/mnt/other", "/mnt/o2").error(), Errno::BUSY);
  EXPECT_EQ(vfs_->rename(as_root(), "/mnt/other/f", "/tmp/f").error(), Errno::XDEV);
  EXPECT_EQ(vfs_->link(as_root(), "/mnt/other/f", "/tmp/f").error(), Errno::XDEV);
  EXPECT_NE(vfs_->stat(as_user(), "/mnt/other")->dev, vfs_->stat(as_user(), "/mnt")->dev);
  EXPECT_EQ(vfs_->unmount("/mnt/other").error(), Errno::BUSY);
  auto fork = vfs_->fork();
  EXPECT_TRUE(fork->unlink({&user_, fork->root()}, "/mnt/other/f"));
  EXPECT_EQ(get("/mnt/other/f"), "other");
  EXPECT_TRUE(vfs_->unmount("/mnt/other/deep/inner"));
  EXPECT_TRUE(vfs_->unmount("/mnt/other/"));
  EXPECT_EQ(get("/mnt/other/f"), "ENOENT");
}

TEST_F(VfsTest, RestoreKeepsMountsReachable) {
  auto before = vfs_->snapshot();
  std::shared_ptr<MemFs> other = MemFs::create({.clock = &clock_});
  ASSERT_TRUE(vfs_->mount("/late/mount", other, {}));
  ASSERT_EQ(put("f", "x"), Errno::OK);
  vfs_->restore(*before);
  EXPECT_EQ(get("f"), "ENOENT");
  EXPECT_TRUE(vfs_->stat(as_user(), "/late/mount"));
  EXPECT_EQ(*vfs_->path_of({other.get(), other->root()}), "/late/mount");
}

TEST_F(VfsTest, RemovedWorkingDirectory) {
  ASSERT_TRUE(vfs_->mkdir(as_user(), "d", 0777));
  Node d = *vfs_->resolve(as_user(), "d");
  d.fs->hold(d.id);
  ASSERT_TRUE(vfs_->rmdir(as_user(), "d"));
  PathContext inside{&user_, d, 022};
  EXPECT_EQ(vfs_->open(inside, "f", kOpenCreate | kOpenWrite, 0644).error(), Errno::NOENT);
  EXPECT_EQ(vfs_->path_of(d).error(), Errno::NOENT);
  EXPECT_TRUE(vfs_->stat(inside, "."));
  d.fs->release(d.id);
  EXPECT_EQ(vfs_->stat(inside, ".").error(), Errno::STALE);
}

TEST_F(VfsTest, SetGidDirectory) {
  ASSERT_TRUE(vfs_->mkdir(as_root(), "/tmp/g", 0777));
  ASSERT_TRUE(vfs_->chown(as_root(), "/tmp/g", 0, 50));
  ASSERT_TRUE(vfs_->chmod(as_root(), "/tmp/g", 02777));
  ASSERT_EQ(put("/tmp/g/f", "x"), Errno::OK);
  ASSERT_TRUE(vfs_->mkdir(as_user(), "/tmp/g/d", 0777));
  EXPECT_EQ(vfs_->stat(as_user(), "/tmp/g/f")->gid, 50u);
  EXPECT_EQ(vfs_->stat(as_user(), "/tmp/g/d")->mode, 02755u);
}

}  // namespace
}  // namespace nacre
