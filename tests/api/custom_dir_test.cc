// File systems of the embedder's own, under every kind of mount.
#include "nacre/custom_dir.h"

#include <gtest/gtest.h>

#include "map_dir.h"
#include "nacre/sandbox.h"

namespace nacre {
namespace {

std::unique_ptr<Sandbox> with(std::shared_ptr<HostDir> dir, Mount::Mode mode, uint64_t max_file = 0, Limits limits = {}) {
  Config c;
  c.limits = limits;
  c.mounts.push_back({.guest = "/workspace", .mode = mode, .max_file_bytes = max_file, .dir = std::move(dir)});
  auto s = Sandbox::create(c);
  EXPECT_TRUE(static_cast<bool>(s)) << (s ? "" : s.error().message);
  return s ? std::move(*s) : nullptr;
}

/// What a script prints and how it ends, which must be the same over any file system.
struct Case {
  const char *script, *out;
};

// Over a rw mount, over a cow one, and over the sandbox's own files.
constexpr Case kCases[] = {
    {"echo one > a; echo two >> a; cat a; wc -c < a; cat nofile", "one\ntwo\n8\ncat: nofile: No such file or directory\n"},
    {"mkdir -p d/e; echo x > d/e/f; ls -R d; find d -type f", "d:\ne\n\nd/e:\nf\nd/e/f\n"},
    {"mkdir d; echo pear > d/a; echo fig > d/b; grep -r i d; grep -rc e d | sort", "d/b:fig\nd/a:1\nd/b:0\n"},
    {"printf 'a\\nb\\n' > f; sed -i s/b/c/ f; cat f; ls; sed -i.bak 1d f; cat f f.bak", "a\nc\nf\nc\na\nc\n"},
    {"echo x > f; mkdir d; mv f d/g; mv d e; cat e/g; ls; mv e/g .; cat g; rmdir e; ls", "x\ne\nx\ng\n"},
    {"echo 1 > a; echo 2 > b; mv a b; cat b; ls; mv b b; cat b", "1\nb\nmv: 'b' and 'b' are the same file\n1\n"},
    {"mkdir -p t/u; echo 1 > t/a; echo 2 > t/u/b; ln -s a t/l; tar cf x.tar t; rm -r t; tar xf x.tar; cat t/a t/u/b t/l; readlink t/l; ls -F t",
     "1\n2\n1\na\na\nl@\nu/\n"},
    {"echo x > f; chmod 600 f; stat -c '%a %s %F %U' f; chmod +x f; [ -x f ] && echo runs; touch -d @5 f; stat -c %Y f", "600 2 regular file agent\nruns\n5\n"},
    {"echo 'echo I run: $1' > s; chmod +x s; ./s yes; . ./s no", "I run: yes\nI run: no\n"},
    {"exec 3> f; echo a >&3; rm f; echo b >&3; ls; exec 3>&-; exec 4<> g; echo hello >&4; rm g; ls | wc -l", "0\n"},
    {"echo old > f; exec 3< f; mv f g; echo new > f; cat <&3; cat f g", "old\nnew\nold\n"},
    {"yes | head -100000 > big; wc -c big; truncate -s 3 big; cat big; dd if=/dev/zero of=big bs=1 seek=10 count=1 2>/dev/null; wc -c < big",
     "200000 big\ny\ny11\n"},
    {"cp -r . /tmp/copy 2>/dev/null; mkdir d; rmdir d d 2>&1; mkdir x/y; ln -s x x; cat x",
     "rmdir: failed to remove 'd': No such file or directory\nmkdir: cannot create directory ‘x/y’: No such file or directory\ncat: x: Too many levels of "
     "symbolic links\n"},
    {"mkdir d; touch d/f; rmdir d; rm d; ls d", "rmdir: failed to remove 'd': Directory not empty\nrm: cannot remove 'd': Is a directory\nf\n"},
    {"sqlite3 t.db 'create table t(x); insert into t values(7)'; sqlite3 t.db 'select x from t'; ls", "7\nt.db\n"},
    {"for i in {1..300}; do echo $i > f$i; done; ls | wc -l; cat f* | sort -n | tail -1; rm f*; ls | wc -l", "300\n300\n0\n"},
    {"echo a > f; gzip f; ls; zcat f.gz; echo b | tee f | tee -a f > /dev/null; sort -o f f; cat f; split -l1 f p; ls", "f.gz\na\nb\nb\nf\nf.gz\npaa\npab\n"},
};

class CustomMount : public testing::TestWithParam<Case> {};

TEST_P(CustomMount, WorksAsAnyOther) {
  const std::string script = std::string("exec 2>&1\n") + GetParam().script;
  auto dir = std::make_shared<MapDir>();
  EXPECT_EQ(with(dir, Mount::Mode::ReadWrite)->exec(script).out, GetParam().out);
  EXPECT_EQ(dir->open_handles(), 0u);
  auto below = std::make_shared<MapDir>();
  EXPECT_EQ(with(below, Mount::Mode::Cow)->exec(script).out, GetParam().out);
  std::vector<HostDir::Entry> left;
  below->list("", left);
  EXPECT_TRUE(left.empty());
  EXPECT_EQ((*Sandbox::create({}))->exec(script).out, GetParam().out);
}
INSTANTIATE_TEST_SUITE_P(All, CustomMount, testing::ValuesIn(kCases));

TEST(CustomDir, BothSidesSeeWhatTheOtherDoes) {
  auto dir = std::make_shared<MapDir>();
  dir->put("given", "by the embedder\n");
  auto s = with(dir, Mount::Mode::ReadWrite);
  ExecResult r = s->exec("cat given; echo from the script > made; rm given; mkdir d");
  EXPECT_EQ(r.out, "by the embedder\n");
  EXPECT_EQ(dir->text("made"), "from the script\n");
  EXPECT_EQ(dir->text("given"), "(none)");
  EXPECT_EQ(r.diff.created, (std::vector<std::string>{"/workspace/d", "/workspace/made"}));
  EXPECT_EQ(r.diff.deleted, (std::vector<std::string>{"/workspace/given"}));
  dir->put("later", "new\n");
  EXPECT_EQ(s->exec("cat later; ls").out, "new\nd\nlater\nmade\n");
  EXPECT_EQ(*s->fs().read("/workspace/later"), "new\n");
}

TEST(CustomDir, ErrorsAreErrnoValues) {
  auto dir = std::make_shared<MapDir>();
  dir->quota = 10;
  auto s = with(dir, Mount::Mode::ReadWrite);
  EXPECT_EQ(s->exec("echo 0123456789 > f; echo $?; echo hi > g; cat g").out, "1\nhi\n");
  EXPECT_EQ(s->exec("cp g h; echo 0123456 | tee h").err, "tee: h: Disk quota exceeded\n");
  dir->failure = -EIO;
  EXPECT_EQ(s->exec("cat g").err, "cat: g: Input/output error\n");
  dir->failure = -EACCES;
  EXPECT_EQ(s->exec("grep x g").err, "grep: g: Permission denied\n");
  EXPECT_EQ(s->exec("ln g hard; mkfifo p").err,
            "ln: failed to create hard link 'hard' => 'g': Operation not permitted\nmkfifo: cannot create fifo 'p': Operation not permitted\n");
}

/// The least that can be read: one file.
class OneFile : public CustomDir {
 public:
  HostResult stat(const std::string& path, HostStat& out) override {
    if (!path.empty() && path != "hello") return -ENOENT;
    out.type = path.empty() ? HostStat::Type::Directory : HostStat::Type::Regular;
    out.mode = path.empty() ? 0755 : 0644;
    out.size = path.empty() ? 0 : kText.size();
    return 0;
  }
  HostResult list(const std::string&, std::vector<Entry>& out) override {
    out = {{"hello", HostStat::Type::Regular}, {"../escape", HostStat::Type::Regular}, {"..", HostStat::Type::Directory}, {"", HostStat::Type::Regular}};
    return 0;
  }
  HostResult open(const std::string& path, int flags, bool create, uint32_t) override { return flags || create ? -EROFS : path == "hello" ? 7 : -EISDIR; }
  HostResult read(int64_t, uint64_t offset, std::span<char> out) override {
    return offset >= kText.size() ? lie_ : static_cast<HostResult>(kText.copy(out.data(), out.size(), offset));
  }
  static constexpr std::string_view kText = "hello, world\n";
  HostResult lie_ = 0;
};

TEST(CustomDir, AReadOnlyOneNeedsFourCalls) {
  auto dir = std::make_shared<OneFile>();
  for (Mount::Mode mode : {Mount::Mode::ReadOnly, Mount::Mode::ReadWrite, Mount::Mode::Cow}) {
    auto s = with(dir, mode);
    EXPECT_EQ(s->exec("ls -a; cat hello; find .; grep -r world .; tar cf - . | tar xOf -; md5sum < hello | cut -c1-4").out,
              ".\n..\nhello\nhello, world\n.\n./hello\n./hello:hello, world\nhello, world\n22c3\n");
    const std::string err = s->exec("echo x > hello; echo y > new; rm hello; ls").err;
    if (mode == Mount::Mode::Cow) EXPECT_EQ(err, "");
    else
      EXPECT_EQ(err,
                "bash: line 1: hello: Read-only file system\nbash: line 1: new: Read-only file system\nrm: cannot remove 'hello': Read-only file system\n");
  }
  dir->lie_ = 1 << 30;   // more than was asked for
  EXPECT_EQ(with(dir, Mount::Mode::ReadOnly)->exec("cat hello").err, "cat: hello: Input/output error\n");
}

/// Deep recursion and much memory are the embedder's own business.
class Hungry : public OneFile {
 public:
  HostResult read(int64_t h, uint64_t offset, std::span<char> out) override {
    volatile char deep[100 << 10];
    for (size_t i = 0; i < sizeof deep; i += 1024) deep[i] = 1;
    const std::string much(64 << 20, 'x');
    return much[deep[0]] == 'x' ? OneFile::read(h, offset, out) : -EIO;
  }
};

TEST(CustomDir, ItsStackAndMemoryAreNotTheScripts) {
  Limits limits;
  limits.memory_bytes = 16 << 20;
  auto s = with(std::make_shared<Hungry>(), Mount::Mode::ReadOnly, 0, limits);
  ExecResult r = s->exec("f() { if (($1)); then f $(($1 - 1)); else cat hello; fi; }; f 100; cat hello | cat");
  EXPECT_EQ(r.out, "hello, world\nhello, world\n");
  EXPECT_EQ(r.end.reason, End::Reason::Exited);
}

TEST(CustomDir, LargeFilesCanBeKeptOut) {
  auto dir = std::make_shared<MapDir>();
  dir->put("small", "12345678");
  dir->put("large", "123456789");
  for (Mount::Mode mode : {Mount::Mode::ReadOnly, Mount::Mode::ReadWrite, Mount::Mode::Cow}) {
    auto s = with(dir, mode, 8);
    EXPECT_EQ(s->exec("cat small; cat large; echo; stat -c %s large; cp large /tmp; wc -c < large; read x < large; echo \"$x$?\"").out, "12345678\n9\n0\n1\n")
        << static_cast<int>(mode);
  }
}

TEST(CustomDir, SnapshotsForksAndSessions) {
  auto dir = std::make_shared<MapDir>();
  dir->put("f", "below\n");
  auto s = with(dir, Mount::Mode::Cow);
  s->exec("cat f; echo changed > f");
  auto before = s->snapshot();
  auto other = s->fork();
  ASSERT_TRUE(static_cast<bool>(other));
  s->exec("rm f");
  EXPECT_EQ((*other)->exec("cat f; echo more >> f; cat f").out, "changed\nchanged\nmore\n");
  s->restore(*before);
  EXPECT_EQ(s->exec("cat f").out, "changed\n");
  EXPECT_EQ(dir->text("f"), "below\n");

  auto rw = with(dir, Mount::Mode::ReadWrite);
  auto fork = rw->fork();
  ASSERT_TRUE(static_cast<bool>(fork));
  (*fork)->exec("echo by the fork > g");
  EXPECT_EQ(rw->exec("cat g; df . | wc -l").out, "by the fork\n2\n");
}

TEST(CustomDir, AMountPointIsADirectory) {
  class File : public OneFile {
    HostResult stat(const std::string&, HostStat& out) override { return out.type = HostStat::Type::Regular, 0; }
  };
  EXPECT_EQ(with(std::make_shared<File>(), Mount::Mode::ReadOnly)->exec("cat /workspace/hello").err, "cat: /workspace/hello: Input/output error\n");
}

}  // namespace
}  // namespace nacre
