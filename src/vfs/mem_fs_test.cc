#include "vfs/mem_fs.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "vfs/test_clock.h"

namespace nacre {
namespace {

constexpr FileSystem::NewNode kFile{FileType::Regular, 0644, 1000, 1000};
constexpr FileSystem::NewNode kDir{FileType::Directory, 0755, 1000, 1000};

std::string content(FileSystem& fs, NodeId node) {
  std::string out(fs.stat(node)->size, '?');
  size_t done = 0;
  while (done < out.size()) {
    auto n = fs.read(node, done, std::span(out).subspan(done));
    if (!n || *n == 0) break;
    done += *n;
  }
  out.resize(done);
  return out;
}

class MemFsTest : public ::testing::Test {
 protected:
  NodeId dir(NodeId in, const char* name) { return *fs_->create(in, name, kDir); }
  NodeId file(NodeId in, const char* name, std::string_view data) {
    NodeId f = *fs_->create(in, name, kFile);
    EXPECT_EQ(*fs_->write(f, 0, data), data.size());
    return f;
  }
  ChangeSet diff(const std::shared_ptr<const MemFs::State>& before) {
    ChangeSet out;
    fs_->diff(*before, *fs_->snapshot(), "", out);
    for (auto* l : {&out.created, &out.modified, &out.deleted, &out.mode_changed}) std::sort(l->begin(), l->end());
    return out;
  }
  TestClock clock_, clocks_[3];
  std::unique_ptr<MemFs> fs_ = MemFs::create({.clock = &clock_});
  NodeId root_ = fs_->root();
};

using Strings = std::vector<std::string>;

TEST_F(MemFsTest, FilesOfAllSizes) {
  for (size_t size : {0, 1, 30, 4096, 65535, 65536, 65537, 300000}) {
    std::string data(size, 0);
    for (size_t i = 0; i < size; ++i) data[i] = static_cast<char>(i * 7 + i / 256);
    NodeId f = file(root_, "f", data);
    EXPECT_EQ(content(*fs_, f), data);
    std::string seen;
    while (seen.size() < size) {
      std::string_view v = fs_->view(f, seen.size());
      ASSERT_FALSE(v.empty());
      seen += v;
    }
    EXPECT_EQ(seen, data);
    EXPECT_TRUE(fs_->view(f, size).empty());
    ASSERT_TRUE(fs_->unlink(root_, "f"));
  }
}

TEST_F(MemFsTest, HolesCostNothing) {
  NodeId f = *fs_->create(root_, "f", kFile);
  constexpr uint64_t tb = 1ull << 40;
  ASSERT_TRUE(fs_->truncate(f, tb));
  EXPECT_EQ(fs_->stat(f)->size, tb);
  EXPECT_EQ(fs_->stat(f)->blocks, 0u);
  ASSERT_TRUE(fs_->write(f, tb - 3, "end"));
  char buffer[10];
  EXPECT_EQ(*fs_->read(f, tb - 5, buffer), 5u);
  EXPECT_EQ(std::string_view(buffer, 5), std::string_view("\0\0end", 5));
  EXPECT_FALSE(fs_->view(f, 12345).empty());
  ASSERT_TRUE(fs_->truncate(f, 10));
  ASSERT_TRUE(fs_->truncate(f, tb));
  EXPECT_EQ(*fs_->read(f, tb - 5, buffer), 5u);
  EXPECT_EQ(std::string_view(buffer, 5), std::string_view("\0\0\0\0\0", 5));
  EXPECT_EQ(fs_->write(f, INT64_MAX, "x").error(), Errno::FBIG);
  EXPECT_EQ(fs_->truncate(f, UINT64_MAX).error(), Errno::FBIG);
}

TEST_F(MemFsTest, TruncationUncoversZeros) {
  NodeId f = file(root_, "f", "abcdef");
  auto snap = fs_->snapshot();
  ASSERT_TRUE(fs_->truncate(f, 2));
  ASSERT_TRUE(fs_->truncate(f, 5));
  EXPECT_EQ(content(*fs_, f), std::string("ab\0\0\0", 5));
  fs_->restore(snap);
  EXPECT_EQ(content(*fs_, f), "abcdef");
}

TEST_F(MemFsTest, UnlinkedButHeldLivesUntilReleased) {
  NodeId f = file(root_, "f", "data");
  fs_->hold(f);
  fs_->hold(f);
  ASSERT_TRUE(fs_->unlink(root_, "f"));
  EXPECT_EQ(fs_->stat(f)->nlink, 0u);
  EXPECT_EQ(content(*fs_, f), "data");
  EXPECT_EQ(fs_->link(f, root_, "again").error(), Errno::NOENT);
  auto snap = fs_->snapshot();
  fs_->release(f);
  EXPECT_EQ(content(*fs_, f), "data");
  fs_->release(f);
  EXPECT_EQ(fs_->stat(f).error(), Errno::STALE);
  fs_->restore(snap);  // nobody holds it any more
  EXPECT_EQ(fs_->stat(f).error(), Errno::STALE);
}

TEST_F(MemFsTest, IdsAreNotReusedAfterRestore) {
  auto snap = fs_->snapshot();
  NodeId f = file(root_, "f", "1");
  fs_->hold(f);
  fs_->restore(snap);
  EXPECT_EQ(fs_->stat(f).error(), Errno::STALE);
  EXPECT_NE(file(root_, "g", "2"), f);
  fs_->release(f);
}

TEST_F(MemFsTest, TimesAndLinkCounts) {
  NodeId d = dir(root_, "d");
  EXPECT_EQ(fs_->stat(root_)->nlink, 3u);
  Stat before = *fs_->stat(d);
  NodeId f = file(d, "f", "x");
  EXPECT_GT(fs_->stat(d)->mtime, before.mtime);
  Stat fresh = *fs_->stat(f);
  char c[1];
  ASSERT_TRUE(fs_->read(f, 0, c));
  EXPECT_EQ(fs_->stat(f)->atime, fresh.atime);
  ASSERT_TRUE(fs_->link(f, root_, "f2"));
  EXPECT_EQ(fs_->stat(f)->nlink, 2u);
  EXPECT_EQ(fs_->stat(f)->mtime, fresh.mtime);
  EXPECT_GT(fs_->stat(f)->ctime, fresh.ctime);
  ASSERT_TRUE(fs_->unlink(d, "f"));
  EXPECT_EQ(fs_->stat(f)->nlink, 1u);
  ASSERT_TRUE(fs_->rmdir(root_, "d"));
  EXPECT_EQ(fs_->stat(root_)->nlink, 2u);
}

TEST_F(MemFsTest, Quotas) {
  Limits limits;
  limits.file_bytes = 100;
  limits.inodes = 3;
  Budget budget(limits);
  fs_ = MemFs::create({.clock = &clock_, .budget = &budget});
  NodeId f = *fs_->create(root_, "f", kFile);
  EXPECT_EQ(*fs_->write(f, 0, std::string(80, 'x')), 80u);
  EXPECT_EQ(*fs_->write(f, 80, std::string(80, 'y')), 20u);  // what fits
  EXPECT_EQ(fs_->write(f, 100, "z").error(), Errno::NOSPC);
  EXPECT_EQ(*fs_->write(f, 50, "over"), 4u);
  EXPECT_EQ(fs_->symlink(root_, "l", "target", 0, 0).error(), Errno::NOSPC);
  ASSERT_TRUE(fs_->truncate(f, 50));
  ASSERT_TRUE(fs_->symlink(root_, "l", "target", 0, 0));
  ASSERT_TRUE(fs_->link(f, root_, "f2"));
  EXPECT_EQ(fs_->create(root_, "g", kFile).error(), Errno::NOSPC);
  EXPECT_EQ(fs_->link(f, root_, "f3").error(), Errno::NOSPC);
  EXPECT_EQ(fs_->usage().inodes_free, 0u);
  ASSERT_TRUE(fs_->unlink(root_, "f2"));
  ASSERT_TRUE(fs_->unlink(root_, "l"));
  ASSERT_TRUE(fs_->unlink(root_, "f"));
  EXPECT_EQ(fs_->usage().inodes_free, 3u);
  NodeId g = *fs_->create(root_, "g", kFile);
  EXPECT_EQ(*fs_->write(g, 0, std::string(100, 'x')), 100u);
  ASSERT_TRUE(fs_->truncate(g, 1ull << 40));  // a hole is free
  EXPECT_EQ(fs_->write(g, 1ull << 30, "x").error(), Errno::NOSPC);
}

TEST_F(MemFsTest, SparseBytesAreChargedWhatTheyCost) {
  Limits limits;
  limits.file_bytes = 100'000;
  Budget budget(limits);
  fs_ = MemFs::create({.clock = &clock_, .budget = &budget});
  NodeId f = *fs_->create(root_, "f", kFile);
  int written = 0;
  while (fs_->write(f, (1ull + written) << 16, "x")) ++written;
  EXPECT_EQ(written, 100'000 / 4096);
  EXPECT_TRUE(fs_->write(f, (1ull << 16) + 1000, "within what is paid"));
  ASSERT_TRUE(fs_->truncate(f, (2ull << 16) + 1));
  EXPECT_EQ(fs_->stat(f)->blocks, 16u);
  ASSERT_TRUE(fs_->truncate(f, 0));
  EXPECT_EQ(*fs_->write(f, 65536, std::string(99'999, 'y')), 99'999u);
  ASSERT_TRUE(fs_->unlink(root_, "f"));
  EXPECT_EQ(fs_->usage().blocks, fs_->usage().blocks_free);
}

TEST_F(MemFsTest, SnapshotForkAndRestoreAreIsolated) {
  NodeId d = dir(root_, "d");
  NodeId f = file(d, "f", std::string(200000, 'a'));
  auto snap = fs_->snapshot();
  auto other = fs_->fork(&clock_, nullptr);
  ASSERT_TRUE(fs_->write(f, 70000, "HERE"));
  ASSERT_TRUE(other->write(f, 0, "other"));
  ASSERT_TRUE(other->rename(d, "f", root_, "g"));
  EXPECT_EQ(content(*fs_, f).substr(69998, 8), "aaHEREaa");
  EXPECT_EQ(content(*other, f).substr(0, 7), "otheraa");
  EXPECT_EQ(content(*other, f).substr(69998, 8), "aaaaaaaa");
  EXPECT_TRUE(fs_->lookup(d, "f"));
  EXPECT_FALSE(other->lookup(d, "f"));
  fs_->restore(snap);
  EXPECT_EQ(content(*fs_, f), std::string(200000, 'a'));
  other->restore(snap);
  EXPECT_EQ(content(*other, f), std::string(200000, 'a'));
}

TEST_F(MemFsTest, ForksLiveOnThreadsOfTheirOwn) {
  NodeId d = dir(root_, "d");
  NodeId f = file(d, "shared", std::string(100000, 'a'));
  for (int i = 0; i < 300; ++i) file(d, ("f" + std::to_string(i)).c_str(), "x");
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    std::shared_ptr<MemFs> mine = fs_->fork(&clocks_[t], nullptr);
    threads.emplace_back([=, state = mine->snapshot()]() mutable {
      for (int i = 0; i < 300; ++i) {
        std::string name = "f" + std::to_string(i);
        if (i % 3 == t) EXPECT_TRUE(mine->unlink(d, name));
        else EXPECT_TRUE(mine->write(*mine->lookup(d, name), 0, "y"));
        EXPECT_TRUE(mine->write(f, static_cast<uint64_t>(i) * 300, "mine"));
        if (i == 150) mine->restore(state), state = nullptr;
      }
    });
  }
  for (auto& t : threads) t.join();
  EXPECT_EQ(content(*fs_, f), std::string(100000, 'a'));
}

TEST_F(MemFsTest, LazyContentIsMadeOnce) {
  int made = 0;
  MemFs::Seed lazy;
  lazy.lazy = [&] {
    ++made;
    return std::string("made");
  };
  NodeId f = *fs_->seed("/a/b/lazy", lazy);
  auto other = fs_->fork(&clock_, nullptr);
  EXPECT_EQ(made, 0);
  EXPECT_EQ(fs_->stat(f)->size, 4u);
  EXPECT_EQ(content(*other, f), "made");
  EXPECT_EQ(fs_->view(f, 1), "ade");
  ASSERT_TRUE(fs_->write(f, 4, "!"));
  EXPECT_EQ(content(*fs_, f), "made!");
  EXPECT_EQ(content(*other, f), "made");
  EXPECT_EQ(made, 1);
}

TEST_F(MemFsTest, DeepTreesNeedNoDeepStack) {
  NodeId d = root_;
  for (int i = 0; i < 200000; ++i) d = dir(d, "d");
  EXPECT_TRUE(fs_->lookup(root_, "d"));
  auto state = fs_->snapshot();
  auto empty = MemFs::create({.clock = &clock_});
  ChangeSet out;
  fs_->diff(*empty->snapshot(), *state, "", out);
  EXPECT_LE(out.created.size(), 2050u);  // as deep as a path can say
  fs_ = nullptr;
  state = nullptr;
}

TEST_F(MemFsTest, DiffOfEverything) {
  NodeId d = dir(root_, "d"), sub = dir(d, "sub");
  file(d, "edit", "old");
  file(d, "same", "same");
  file(d, "mode", "x");
  file(d, "gone", "x");
  file(d, "move", "moved");
  file(d, "over", "target");
  file(d, "onto", "source");
  NodeId tree = dir(root_, "tree");
  file(tree, "inner", "x");
  NodeId old = dir(root_, "old");
  file(old, "a", "a");
  file(dir(old, "b"), "c", "c");
  auto before = fs_->snapshot();

  ASSERT_TRUE(fs_->write(*fs_->lookup(d, "edit"), 0, "new"));
  ASSERT_TRUE(fs_->write(*fs_->lookup(d, "same"), 0, "same"));  // the same bytes again
  Mode mode = 0600;
  ASSERT_TRUE(fs_->set_attr(*fs_->lookup(d, "mode"), {.mode = &mode}));
  ASSERT_TRUE(fs_->unlink(d, "gone"));
  ASSERT_TRUE(fs_->rename(d, "move", sub, "here"));
  ASSERT_TRUE(fs_->rename(d, "onto", d, "over"));
  ASSERT_TRUE(fs_->rename(root_, "tree", d, "branch"));
  ASSERT_TRUE(fs_->write(*fs_->lookup(tree, "inner"), 0, "y"));
  ASSERT_TRUE(fs_->unlink(old, "a"));
  NodeId b = *fs_->lookup(old, "b");
  ASSERT_TRUE(fs_->unlink(b, "c"));
  ASSERT_TRUE(fs_->rmdir(old, "b"));
  ASSERT_TRUE(fs_->rmdir(root_, "old"));
  file(dir(root_, "new"), "file", "n");
  ASSERT_TRUE(fs_->symlink(root_, "link", "new", 0, 0));
  file(root_, "brief", "b");
  ASSERT_TRUE(fs_->unlink(root_, "brief"));

  ChangeSet c = diff(before);
  EXPECT_EQ(c.created, (Strings{"/link", "/new", "/new/file"}));
  EXPECT_EQ(c.deleted, (Strings{"/d/gone", "/old", "/old/a", "/old/b", "/old/b/c"}));
  EXPECT_EQ(c.modified, (Strings{"/d/branch/inner", "/d/edit", "/d/over"}));
  EXPECT_EQ(c.mode_changed, (Strings{"/d/mode"}));
  Strings renamed;
  for (auto& r : c.renamed) renamed.push_back(r.from + ">" + r.to);
  std::sort(renamed.begin(), renamed.end());
  EXPECT_EQ(renamed, (Strings{"/d/move>/d/sub/here", "/d/onto>/d/over", "/tree>/d/branch"}));

  ChangeSet back;
  fs_->diff(*fs_->snapshot(), *before, "/mnt", back);
  std::sort(back.deleted.begin(), back.deleted.end());
  EXPECT_EQ(back.deleted, (Strings{"/mnt/link", "/mnt/new", "/mnt/new/file"}));
}

TEST_F(MemFsTest, DiffOfEditorsHabits) {
  NodeId f = file(root_, "f", "old");
  file(root_, "g", "old");
  NodeId d = dir(root_, "d");
  file(d, "x", "x");
  auto before = fs_->snapshot();
  file(root_, ".tmp", "new");  // write beside, rename over
  ASSERT_TRUE(fs_->rename(root_, ".tmp", root_, "f"));
  ASSERT_TRUE(fs_->rename(root_, "g", root_, "g.bak"));  // keep a backup, write anew
  file(root_, "g", "new");
  ASSERT_TRUE(fs_->unlink(d, "x"));  // rebuild a directory alike
  ASSERT_TRUE(fs_->rmdir(root_, "d"));
  file(dir(root_, "d"), "x", "x");
  ChangeSet c = diff(before);
  EXPECT_EQ(c.modified, (Strings{"/f", "/g"}));
  EXPECT_EQ(c.created, (Strings{"/g.bak"}));
  EXPECT_TRUE(c.deleted.empty());
  EXPECT_TRUE(c.renamed.empty());
  EXPECT_TRUE(c.mode_changed.empty());
  EXPECT_EQ(fs_->stat(f).error(), Errno::STALE);
}

TEST_F(MemFsTest, DiffOfHardLinks) {
  NodeId f = file(root_, "a", "1");
  ASSERT_TRUE(fs_->link(f, root_, "b"));
  auto before = fs_->snapshot();
  ASSERT_TRUE(fs_->unlink(root_, "a"));  // the noted link
  ASSERT_TRUE(fs_->write(f, 0, "2"));
  ASSERT_TRUE(fs_->link(f, root_, "c"));
  ChangeSet c = diff(before);
  EXPECT_EQ(c.modified, (std::vector<std::string>{"/b", "/c"}));  // each of its paths
  EXPECT_TRUE(c.created.empty());
  EXPECT_TRUE(c.deleted.empty());
  ASSERT_EQ(c.renamed.size(), 1u);
  EXPECT_EQ(c.renamed[0].to, "/c");
}

/// Random calls, the same ones on a real directory; errors and contents must agree.
TEST_F(MemFsTest, BehavesLikeTheRealFileSystem) {
  namespace stdfs = std::filesystem;
  char base[] = "/tmp/nacre_model_XXXXXX";
  ASSERT_TRUE(mkdtemp(base));
  std::mt19937 rng(7);
  auto name = [&] { return std::string(1, static_cast<char>('a' + rng() % 4)); };
  auto path = [&] {
    std::string p = name();
    while (rng() % 2) p += "/" + name();
    return p;
  };
  auto walk = [&](const std::string& p, std::string& last) -> Result<NodeId> {
    NodeId at = root_;
    std::string rest = p;
    for (size_t slash; (slash = rest.find('/')) != rest.npos; rest = rest.substr(slash + 1)) {
      NACRE_TRY(at, fs_->lookup(at, rest.substr(0, slash)));
    }
    last = rest;
    NACRE_TRY(Stat st, fs_->stat(at));
    return st.is_dir() ? Result<NodeId>(at) : Errno::NOTDIR;
  };
  auto ours = [&](int op, const std::string& p, const std::string& q, const std::string& data) -> Errno {
    std::string last, last2;
    auto in = walk(p, last);
    if (!in) return in.error();
    auto node = fs_->lookup(*in, last);
    if (op == 0) return fs_->create(*in, last, kDir).error();
    if (op == 1) {
      if (!node) node = fs_->create(*in, last, kFile);
      if (!node) return node.error();
      uint64_t offset = data.size() % 3 ? 0 : data.size() * 50;
      return fs_->write(*node, offset, data).error();
    }
    if (op == 2) return fs_->unlink(*in, last).error();
    if (op == 3) return fs_->rmdir(*in, last).error();
    if (!node) return node.error();
    if (op == 4) return fs_->truncate(*node, data.size() * 9).error();
    auto in2 = walk(q, last2);
    if (!in2) return in2.error();
    if (op == 5) return fs_->rename(*in, last, *in2, last2).error();
    return fs_->link(*node, *in2, last2).error();
  };
  auto real = [&](int op, const std::string& p, const std::string& q, const std::string& data) -> Errno {
    std::string a = std::string(base) + "/" + p, b = std::string(base) + "/" + q;
    auto err = [](int r) { return r < 0 ? static_cast<Errno>(errno) : Errno::OK; };
    if (op == 0) return err(::mkdir(a.c_str(), 0755));
    if (op == 1) {
      int fd = ::open(a.c_str(), O_RDWR | O_CREAT, 0644);
      if (fd < 0) return err(fd);
      uint64_t offset = data.size() % 3 ? 0 : data.size() * 50;
      Errno e = ::pwrite(fd, data.data(), data.size(), static_cast<off_t>(offset)) < 0 ? static_cast<Errno>(errno) : Errno::OK;
      ::close(fd);
      return e;
    }
    if (op == 2) return err(::unlink(a.c_str()));
    if (op == 3) return err(::rmdir(a.c_str()));
    if (op == 4) return err(::truncate(a.c_str(), static_cast<off_t>(data.size() * 9)));
    if (op == 5) return err(::rename(a.c_str(), b.c_str()));
    return err(::link(a.c_str(), b.c_str()));
  };
  for (int step = 0; step < 20000; ++step) {
    int op = static_cast<int>(rng() % 7);
    std::string p = path(), q = path(), data(rng() % 10 == 0 ? rng() % 3000 : rng() % 20, static_cast<char>('a' + rng() % 26));
    Errno e = ours(op, p, q, data), expected = real(op, p, q, data);
    // Which of several errors comes first is Linux's affair.
    ASSERT_EQ(e == Errno::OK, expected == Errno::OK) << op << " " << p << " " << q << ": " << message(e) << " / " << message(expected);
    if (step % 1000) continue;
    std::map<std::string, std::string> here, there;
    std::vector<std::pair<std::string, NodeId>> todo{{"", root_}};
    while (!todo.empty()) {
      auto [at, dir] = todo.back();
      todo.pop_back();
      auto entries = fs_->list(dir);
      for (const DirEntry& e : *entries) {
        std::string full = at + "/" + e.name;
        if (e.type == FileType::Directory) here[full] = "dir", todo.push_back({full, e.node});
        else here[full] = content(*fs_, e.node) + std::to_string(fs_->stat(e.node)->nlink);
      }
    }
    for (auto& e : stdfs::recursive_directory_iterator(base)) {
      std::string full = e.path().string().substr(strlen(base));
      std::ifstream in(e.path(), std::ios::binary);
      if (e.is_directory()) there[full] = "dir";
      else there[full] = std::string(std::istreambuf_iterator<char>(in), {}) + std::to_string(e.hard_link_count());
    }
    ASSERT_EQ(here, there);
  }
  stdfs::remove_all(base);
}

/// Random changes between two states; the diff applied to a listing of the first gives the second.
TEST_F(MemFsTest, RandomDiffsExplainTheirChanges) {
  std::mt19937 rng(11);
  auto listing = [&] {
    std::map<std::string, std::string> out;
    std::vector<std::pair<std::string, NodeId>> todo{{"", root_}};
    while (!todo.empty()) {
      auto [at, dir] = todo.back();
      todo.pop_back();
      auto entries = fs_->list(dir);
      for (const DirEntry& e : *entries) {
        std::string full = at + "/" + e.name;
        if (e.type == FileType::Directory) out[full] = "dir", todo.push_back({full, e.node});
        else out[full] = content(*fs_, e.node);
      }
    }
    return out;
  };
  std::vector<NodeId> dirs;
  auto find_dirs = [&] {
    dirs = {root_};
    for (size_t i = 0; i < dirs.size(); ++i)
      if (auto entries = fs_->list(dirs[i]); true)
        for (const DirEntry& e : *entries)
          if (e.type == FileType::Directory) dirs.push_back(e.node);
  };
  for (int round = 0; round < 300; ++round) {
    auto before = fs_->snapshot();
    auto old = listing();
    for (int step = 0; step < 12; ++step) {
      find_dirs();
      NodeId d = dirs[rng() % dirs.size()], d2 = dirs[rng() % dirs.size()];
      std::string n(1, static_cast<char>('a' + rng() % 5)), n2(1, static_cast<char>('a' + rng() % 5));
      switch (rng() % 5) {
        case 0: (void)fs_->create(d, n, kDir); break;
        case 1: {
          auto f = fs_->create(d, n, kFile);
          if (!f) f = fs_->lookup(d, n);
          (void)fs_->write(*f, 0, std::to_string(rng() % 5));
          break;
        }
        case 2: (void)fs_->unlink(d, n); break;
        case 3: (void)fs_->rmdir(d, n); break;
        case 4: (void)fs_->rename(d, n, d2, n2); break;
      }
    }
    auto now = listing();
    ChangeSet c = diff(before);
    std::map<std::string, std::string> made;
    auto moved = [&](const std::string& p) {  // the longest renamed directory above it
      std::string from, to;
      for (auto& r : c.renamed)
        if (r.from.size() > from.size() && (p == r.from || p.starts_with(r.from + "/"))) from = r.from, to = r.to;
      return to + p.substr(from.size());
    };
    std::set<std::string> deleted(c.deleted.begin(), c.deleted.end()), modified(c.modified.begin(), c.modified.end());
    for (auto& r : c.renamed) ASSERT_TRUE(!deleted.count(r.from) && old.count(r.from) && now.count(r.to)) << r.from;
    for (auto& [p, v] : old)
      if (!deleted.count(p)) {
        // Nested renames move step by step; ask only that each path has an explanation.
        std::string to = moved(p);
        if (now.count(to) && (now[to] == v || modified.count(to))) made[to] = now[to];
      }
    for (auto& p : c.created) {
      ASSERT_TRUE(now.count(p)) << p;
      made[p] = now[p];
    }
    for (auto& p : c.modified) ASSERT_TRUE(now.count(p)) << p;
    if (c.renamed.size() < 2) {
      for (auto& [p, v] : now) ASSERT_EQ(made.count(p), 1u) << round << " " << p;
    }
    if (old == now && c.renamed.empty()) {
      ASSERT_TRUE(c.created.empty() && c.deleted.empty() && c.modified.empty()) << round;
    }
  }
}

}  // namespace
}  // namespace nacre
