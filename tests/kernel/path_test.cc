// Names: links, renames, symbolic links, permissions, and what is wrong with a path.
#include "kernel/unix.h"

namespace nacre::kernel_test {
namespace {

UNIX_TEST(Path, DirectoriesAndTheirErrors) {
  EXPECT_EQ(u.mkdir("d"), 0);
  EXPECT_EQ(u.mkdir("d"), no(Errno::EXIST));
  EXPECT_EQ(u.mkdir("x/y"), no(Errno::NOENT));
  EXPECT_EQ(u.mkdir("d/e/"), 0);
  EXPECT_EQ(u.stat("d").nlink, 3u);
  u.make("f");
  EXPECT_EQ(u.mkdir("f"), no(Errno::EXIST));
  EXPECT_EQ(u.mkdir("f/g"), no(Errno::NOTDIR));
  EXPECT_EQ(u.rmdir("d"), no(Errno::NOTEMPTY));
  EXPECT_EQ(u.rmdir("f"), no(Errno::NOTDIR));
  EXPECT_EQ(u.rmdir("none"), no(Errno::NOENT));
  EXPECT_EQ(u.rmdir("."), no(Errno::INVAL));
  EXPECT_EQ(u.rmdir("d/e/.."), no(Errno::NOTEMPTY));
  EXPECT_EQ(u.unlink("d"), no(Errno::ISDIR));
  EXPECT_EQ(u.unlink("none"), no(Errno::NOENT));
  EXPECT_EQ(u.unlink("f/"), no(Errno::NOTDIR));
  EXPECT_EQ(u.unlink("f/g"), no(Errno::NOTDIR));
  EXPECT_EQ(u.rmdir("d/e"), 0);
  EXPECT_EQ(u.rmdir("d"), 0);
  std::vector<std::string> names;
  EXPECT_EQ(u.list(".", &names), 0);
  EXPECT_EQ(names, std::vector<std::string>{"f"});
  EXPECT_EQ(u.list("f", &names), no(Errno::NOTDIR));
  EXPECT_EQ(u.list("none", &names), no(Errno::NOENT));
}

UNIX_TEST(Path, HardLinks) {
  u.make("a", "text");
  EXPECT_EQ(u.link("a", "b"), 0);
  EXPECT_EQ(u.stat("a").ino, u.stat("b").ino);
  EXPECT_EQ(u.stat("b").nlink, 2u);
  EXPECT_EQ(u.link("a", "b"), no(Errno::EXIST));
  EXPECT_EQ(u.link("none", "c"), no(Errno::NOENT));
  EXPECT_EQ(u.mkdir("d"), 0);
  EXPECT_EQ(u.link("d", "e"), no(Errno::PERM));
  EXPECT_EQ(u.unlink("a"), 0);
  EXPECT_EQ(u.content("b"), "text");
  EXPECT_EQ(u.stat("b").nlink, 1u);
  EXPECT_EQ(u.symlink("b", "s"), 0);
  EXPECT_EQ(u.link("s", "t"), 0);   // the link itself
  EXPECT_EQ(u.lstat("t").type, 'l');
}

UNIX_TEST(Path, Rename) {
  u.make("a", "A");
  u.make("b", "B");
  EXPECT_EQ(u.rename("a", "b"), 0);
  EXPECT_EQ(u.content("b"), "A");
  EXPECT_EQ(u.rename("a", "c"), no(Errno::NOENT));
  EXPECT_EQ(u.mkdir("d"), 0);
  EXPECT_EQ(u.mkdir("e"), 0);
  u.make("e/x");
  EXPECT_EQ(u.rename("b", "d"), no(Errno::ISDIR));
  EXPECT_EQ(u.rename("d", "b"), no(Errno::NOTDIR));
  EXPECT_EQ(u.rename("d", "e"), no(Errno::NOTEMPTY));
  EXPECT_EQ(u.rename("d", "d/sub"), no(Errno::INVAL));
  EXPECT_EQ(u.rename("e", "d"), 0);
  EXPECT_EQ(u.stat("d/x").type, '-');
  EXPECT_EQ(u.stat("e").error, no(Errno::NOENT));
  EXPECT_EQ(u.link("b", "b2"), 0);
  EXPECT_EQ(u.rename("b", "b2"), 0);   // two names of one file: nothing happens
  EXPECT_EQ(u.stat("b").nlink, 2u);
  EXPECT_EQ(u.rename("b", "none/x"), no(Errno::NOENT));
  EXPECT_EQ(u.rename("b", "b2/x"), no(Errno::NOTDIR));
  EXPECT_EQ(u.rename("b", "b"), 0);
  EXPECT_EQ(u.symlink("none", "s"), 0);
  EXPECT_EQ(u.rename("s", "t"), 0);
  EXPECT_EQ(u.lstat("t").type, 'l');
  int64_t f = u.open("b", kOpenRead);
  EXPECT_EQ(u.rename("b", "z"), 0);
  std::string s;
  EXPECT_EQ(u.read(f, 9, &s), 1);
}

UNIX_TEST(Path, SymbolicLinks) {
  EXPECT_EQ(u.mkdir("d"), 0);
  u.make("d/f", "text");
  EXPECT_EQ(u.symlink("d", "l"), 0);
  EXPECT_EQ(u.symlink("d", "l"), no(Errno::EXIST));
  EXPECT_EQ(u.symlink("f", "d/m"), 0);          // relative to its own directory
  EXPECT_EQ(u.symlink("../l/m", "d/n"), 0);
  EXPECT_EQ(u.content("l/m"), "text");
  EXPECT_EQ(u.content("d/n"), "text");
  std::string s;
  EXPECT_EQ(u.readlink("d/n", &s), 0);
  EXPECT_EQ(s, "../l/m");
  EXPECT_EQ(u.readlink("d/f", &s), no(Errno::INVAL));
  EXPECT_EQ(u.lstat("l").type, 'l');
  EXPECT_EQ(u.lstat("l/").type, 'd');
  EXPECT_EQ(u.stat("l").type, 'd');
  EXPECT_EQ(u.lstat("l").size, 1u);
  EXPECT_EQ(u.rmdir("l"), no(Errno::NOTDIR));
  EXPECT_EQ(u.symlink("none", "broken"), 0);
  EXPECT_EQ(u.stat("broken").error, no(Errno::NOENT));
  EXPECT_EQ(u.open("broken", kOpenRead), no(Errno::NOENT));
  EXPECT_EQ(u.open("broken", kOpenWrite | kOpenCreate | kOpenExclusive), no(Errno::EXIST));
  EXPECT_EQ(u.open("l", kOpenRead | kOpenNoFollow), no(Errno::LOOP));
  int64_t made = u.open("broken", kOpenWrite | kOpenCreate);   // makes what it points to
  EXPECT_GE(made, 0);
  EXPECT_EQ(u.stat("none").type, '-');
  EXPECT_EQ(u.unlink("l"), 0);
  EXPECT_EQ(u.stat("d").type, 'd');
  EXPECT_EQ(u.symlink("", "e"), no(Errno::NOENT));
}

UNIX_TEST(Path, SymbolicLinkLoops) {
  EXPECT_EQ(u.symlink("a", "b"), 0);
  EXPECT_EQ(u.symlink("b", "a"), 0);
  EXPECT_EQ(u.symlink("self", "self"), 0);
  EXPECT_EQ(u.stat("a").error, no(Errno::LOOP));
  EXPECT_EQ(u.stat("a/x").error, no(Errno::LOOP));
  EXPECT_EQ(u.open("self", kOpenRead), no(Errno::LOOP));
  EXPECT_EQ(u.open("self", kOpenWrite | kOpenCreate), no(Errno::LOOP));
  EXPECT_EQ(u.chdir("self"), no(Errno::LOOP));
  EXPECT_EQ(u.lstat("a").type, 'l');
  // 40 in a row are followed, no more.
  u.make("c0", "end");
  for (int i = 1; i <= 41; i++) EXPECT_EQ(u.symlink("c" + std::to_string(i - 1), "c" + std::to_string(i)), 0);
  EXPECT_EQ(u.stat("c40").error, 0);
  EXPECT_EQ(u.stat("c41").error, no(Errno::LOOP));
}

UNIX_TEST(Path, LongNames) {
  std::string longest(255, 'n');
  u.make(longest, "x");
  EXPECT_EQ(u.content(longest), "x");
  EXPECT_EQ(u.open(longest + "n", kOpenWrite | kOpenCreate), no(Errno::NAMETOOLONG));
  EXPECT_EQ(u.mkdir(longest + "n"), no(Errno::NAMETOOLONG));
  EXPECT_EQ(u.stat(longest + "n").error, no(Errno::NAMETOOLONG));
  EXPECT_EQ(u.rename(longest, longest + "n"), no(Errno::NAMETOOLONG));
  EXPECT_EQ(u.link(longest, longest + "n"), no(Errno::NAMETOOLONG));
  EXPECT_EQ(u.symlink("x", longest + "n"), no(Errno::NAMETOOLONG));
  EXPECT_EQ(u.unlink(longest + "n"), no(Errno::NAMETOOLONG));
  std::string path;
  while (path.size() < 4096) path += "./";
  EXPECT_EQ(u.stat(path).error, no(Errno::NAMETOOLONG));
  EXPECT_EQ(u.stat(path.substr(0, 4094)).error, 0);
  EXPECT_EQ(u.symlink(std::string(4095, 'x'), "long"), 0);
  EXPECT_EQ(u.symlink(std::string(4096, 'x'), "longer"), no(Errno::NAMETOOLONG));
}

UNIX_TEST(Path, DotsAndSlashes) {
  EXPECT_EQ(u.mkdir("d"), 0);
  u.make("d/f", "1");
  EXPECT_EQ(u.content("./d/../d//f"), "1");
  EXPECT_EQ(u.stat("d/f/..").error, no(Errno::NOTDIR));
  EXPECT_EQ(u.stat("none/..").error, no(Errno::NOENT));
  EXPECT_EQ(u.stat("/../..").ino, u.stat("/").ino);
  std::string here = u.cwd();
  EXPECT_EQ(u.chdir("d"), 0);
  EXPECT_EQ(u.cwd(), here + "/d");
  EXPECT_EQ(u.chdir("f"), no(Errno::NOTDIR));
  EXPECT_EQ(u.chdir("none"), no(Errno::NOENT));
  EXPECT_EQ(u.rmdir("../d"), no(Errno::NOTEMPTY));
  EXPECT_EQ(u.unlink("f"), 0);
  EXPECT_EQ(u.rmdir("../d"), 0);
  EXPECT_EQ(u.cwd(), "");                                   // a directory that is gone
  EXPECT_EQ(u.open("x", kOpenWrite | kOpenCreate), no(Errno::NOENT));
  EXPECT_EQ(u.stat(".").nlink, 0u);
  EXPECT_EQ(u.chdir(here), 0);
}

UNIX_TEST(Path, PermissionBits) {
  u.make("f", "x");
  EXPECT_EQ(u.stat("f").mode, 0644u);
  EXPECT_EQ(u.chmod("f", 0), 0);
  EXPECT_EQ(u.open("f", kOpenRead), no(Errno::ACCES));
  EXPECT_EQ(u.open("f", kOpenWrite), no(Errno::ACCES));
  EXPECT_EQ(u.access("f", 0), 0);
  EXPECT_EQ(u.access("f", kRead), no(Errno::ACCES));
  EXPECT_EQ(u.chmod("f", 0400), 0);
  EXPECT_EQ(u.content("f"), "x");
  EXPECT_EQ(u.truncate("f", 0), no(Errno::ACCES));
  EXPECT_EQ(u.chmod("f", 07711), 0);
  EXPECT_EQ(u.stat("f").mode, 07711u);
  EXPECT_EQ(u.access("f", kExecute), 0);
  EXPECT_EQ(u.chmod("none", 0), no(Errno::NOENT));
  EXPECT_EQ(u.mkdir("d"), 0);
  u.make("d/g", "y");
  EXPECT_EQ(u.chmod("d", 0600), 0);                         // no search
  std::vector<std::string> names;
  EXPECT_EQ(u.list("d", &names), 0);
  EXPECT_EQ(u.stat("d/g").error, no(Errno::ACCES));
  EXPECT_EQ(u.open("d/none", kOpenRead), no(Errno::ACCES));
  EXPECT_EQ(u.chdir("d"), no(Errno::ACCES));
  EXPECT_EQ(u.chmod("d", 0300), 0);                         // no listing
  EXPECT_EQ(u.list("d", &names), no(Errno::ACCES));
  EXPECT_EQ(u.content("d/g"), "y");
  EXPECT_EQ(u.chmod("d", 0500), 0);                         // no changes
  EXPECT_EQ(u.open("d/h", kOpenWrite | kOpenCreate), no(Errno::ACCES));
  EXPECT_EQ(u.unlink("d/g"), no(Errno::ACCES));
  EXPECT_EQ(u.rename("d/g", "h"), no(Errno::ACCES));
  EXPECT_EQ(u.mkdir("d/e"), no(Errno::ACCES));
  EXPECT_GE(u.open("d/g", kOpenWrite), 0);                  // the file itself may be changed
  EXPECT_EQ(u.chmod("d", 0700), 0);
}

UNIX_TEST(Path, Umask) {
  EXPECT_EQ(u.umask(077), 022u);
  u.make("f");
  EXPECT_EQ(u.mkdir("d"), 0);
  EXPECT_EQ(u.mkfifo("p"), 0);
  EXPECT_EQ(u.stat("f").mode, 0600u);
  EXPECT_EQ(u.stat("d").mode, 0700u);
  EXPECT_EQ(u.stat("p").mode, 0600u);
  EXPECT_EQ(u.chmod("f", 0666), 0);
  EXPECT_EQ(u.stat("f").mode, 0666u);
  EXPECT_EQ(u.wait(u.fork([](Unix& v) { return v.umask(0) == 077 ? 0 : 1; })).code, 0);
  EXPECT_EQ(u.umask(022), 077u);
  int64_t f = u.open("readonly", kOpenReadWrite | kOpenCreate, 0444);   // the mode counts from the next open on
  EXPECT_EQ(u.write(f, "x"), 1);
  EXPECT_EQ(u.open("readonly", kOpenWrite), no(Errno::ACCES));
}

UNIX_TEST(Path, ManyNames) {
  EXPECT_EQ(u.mkdir("d"), 0);
  for (int i = 0; i < 2000; i++) u.make("d/" + std::to_string(i));
  std::vector<std::string> names;
  EXPECT_EQ(u.list("d", &names), 0);
  EXPECT_EQ(names.size(), 2000u);
  for (const std::string& n : names) EXPECT_EQ(u.unlink("d/" + n), 0);
  EXPECT_EQ(u.list("d", &names), 0);
  EXPECT_TRUE(names.empty());
  EXPECT_EQ(u.rmdir("d"), 0);
}

}  // namespace
}  // namespace nacre::kernel_test
