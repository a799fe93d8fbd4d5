// SessionStore: what lasts from one opening of a store to the next, under the sanitizers too.
// tests/sessions/run drives the same through the command line.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "map_dir.h"
#include "nacre/session.h"

namespace nacre {
namespace {

class Sessions : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/nacre-sessions-XXXXXX";
    dir_ = mkdtemp(name);
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  std::unique_ptr<SessionStore> open() {
    auto s = SessionStore::open(dir_);
    EXPECT_TRUE(static_cast<bool>(s));
    return std::move(*s);
  }
  /// In a store opened anew.
  std::string run(const std::string& session, std::string_view script, SessionRun options = {}) {
    auto r = open()->run(session, script, options);
    if (!r) return r.error().code + ": " + r.error().message;
    return r->out + r->err;
  }
  std::string dir_;
};

TEST_F(Sessions, FilesAndShellLast) {
  EXPECT_EQ(run("a", "x=1; cd /tmp; f() { echo f$1; }; echo one > f; mkdir -p d/e; ln -s ../f d/l"), "");
  EXPECT_EQ(run("a", "echo $x $PWD; f 2; cat d/l; rmdir d/e; ls d; echo two >> f"), "1 /tmp\nf2\none\nl\n");
  EXPECT_EQ(run("a", "cat f; rm -r d; ls"), "one\ntwo\nf\n");
}

TEST_F(Sessions, RunsInOneProcess) {
  auto store = open();
  for (int i = 0; i < 5; i++) EXPECT_TRUE(static_cast<bool>(store->run("a", "echo $((n++)) >> log")));
  EXPECT_EQ((*store->run("a", "tr -d '\\n' < log")).out, "01234");
}

// Quota: what a stored file counts is given back when it goes, is cut or is written anew.
TEST_F(Sessions, StoredBytesAreCounted) {
  auto used = [&] { return std::stol(run("a", "df --output=used / | tail -1")); };
  run("a", ":");
  const long before = used();
  run("a", "head -c 10M /dev/zero | tr '\\0' x > big; cp big other");
  EXPECT_NEAR(used() - before, 20480, 8);
  run("a", "truncate -s 5M big; printf y | dd of=other bs=1 seek=3000000 conv=notrunc status=none");
  EXPECT_NEAR(used() - before, 15360, 8);
  EXPECT_EQ(run("a", "wc -c < big; tr -d x < other"), "5242880\ny");
  run("a", "rm big; echo small > other");
  EXPECT_NEAR(used() - before, 0, 8);
}

TEST_F(Sessions, LargeDirectory) {
  run("a", "for ((i = 0; i < 9000; i++)); do : > f$i; done");
  EXPECT_EQ(run("a", "ls | wc -l; rm f12*; : > new"), "9000\n");
  EXPECT_EQ(run("a", "ls | wc -l; ls new f13; ls | wc -l"), "8890\nf13\nnew\n8890\n");
}

TEST_F(Sessions, CowMount) {
  const std::string project = dir_ + "/project";
  std::filesystem::create_directories(project + "/src");
  std::ofstream(project + "/src/a") << "a\n";
  std::ofstream(project + "/src/b") << "b\n";
  Config c;
  c.mounts.push_back({project, "/workspace", Mount::Mode::Cow});
  ASSERT_TRUE(static_cast<bool>(open()->create("m", c)));
  EXPECT_EQ(run("m", "echo A >> src/a; mv src/b c; chmod 600 c"), "");
  EXPECT_EQ(run("m", "find . | sort | xargs echo; cat src/a c"), ". ./c ./src ./src/a\na\nA\nb\n");
  EXPECT_FALSE(std::filesystem::exists(project + "/c"));
}

TEST_F(Sessions, SnapshotRollbackFork) {
  run("a", "echo 1 > f; x=1");
  EXPECT_TRUE(static_cast<bool>(open()->snapshot("a", "one")));
  run("a", "echo 2 > f; x=2");
  EXPECT_TRUE(static_cast<bool>(open()->fork("a", "one", "b")));
  EXPECT_EQ(run("b", "cat f; echo $x"), "1\n1\n");
  EXPECT_EQ(run("a", "cat f; echo $x"), "2\n2\n");
  EXPECT_TRUE(static_cast<bool>(open()->rollback("a", "one")));
  EXPECT_EQ(run("a", "cat f; echo $x"), "1\n1\n");
}

TEST_F(Sessions, GcFreesWhatNobodyNeeds) {
  run("a", "head -c 1M /dev/urandom > f");
  run("a", "rm f; echo kept > g");
  auto freed = open()->gc();
  ASSERT_TRUE(static_cast<bool>(freed));
  EXPECT_GE(freed->bytes, 1u << 20);
  EXPECT_EQ(run("a", "cat g"), "kept\n");
}

TEST_F(Sessions, RefusesWhatCannotBeKept) {
  Config c;
  c.commands.push_back({"mine", [](CommandContext&) { return 0; }});
  auto r = open()->create("a", c);
  ASSERT_FALSE(static_cast<bool>(r));
  EXPECT_EQ(r.error().code, "session.config");
  Config own;
  own.mounts.push_back({.guest = "/own", .dir = std::make_shared<MapDir>()});
  r = open()->create("a", own);
  ASSERT_FALSE(static_cast<bool>(r));
  EXPECT_EQ(r.error().message, "the file system of the embedder's own at /own: cannot be kept in a session");
}

}  // namespace
}  // namespace nacre
