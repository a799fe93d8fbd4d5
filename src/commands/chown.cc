/// chown, chgrp - change owner and group of files.
/// Source: GNU coreutils 9.1 manual, "chown invocation", "chgrp invocation"; POSIX XCU chown.
/// Differs: none known.
#include <algorithm>
#include <utility>

#include "base/deep_call.h"
#include "commands/accounts.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: chown [OPTION]... [OWNER][:[GROUP]] FILE...\n  or:  chgrp [OPTION]... GROUP FILE...\n"
    "  or:  chown|chgrp [OPTION]... --reference=RFILE FILE...\n"
    "Change the owner and/or group of each FILE.\n\n"
    "  -c, --changes          like verbose but report only when a change is made\n"
    "  -f, --silent, --quiet  suppress most error messages\n"
    "  -v, --verbose          output a diagnostic for every file processed\n"
    "      --dereference      affect the referent of each symbolic link (this is the default)\n"
    "  -h, --no-dereference   affect symbolic links instead of any referenced file\n"
    "      --from=CURRENT_OWNER:CURRENT_GROUP  change only what has this owner and/or group (chown)\n"
    "      --no-preserve-root  do not treat '/' specially (the default)\n"
    "      --preserve-root    fail to operate recursively on '/'\n"
    "      --reference=RFILE  use RFILE's owner and group rather than values given\n"
    "  -R, --recursive        operate on files and directories recursively\n"
    "  -H                     if a command line argument is a symbolic link to a directory, traverse it\n"
    "  -L                     traverse every symbolic link to a directory encountered\n"
    "  -P                     do not traverse any symbolic links (default)\n"
    "      --help             display this help and exit\n"
    "      --version          output version information and exit\n";

struct Options {
  bool changes = false, quiet = false, verbose = false, recursive = false, preserve_root = false;
  int dereference = -1;   // 0, 1: -h, --dereference
  char walk = 'P';
  std::optional<std::string> from, reference;
};
using O = Options;

constexpr Flag<O> kFlags[] = {
    {'c', "changes", &O::changes},
    {'f', "silent", &O::quiet},
    {'f', "quiet", &O::quiet},
    {'v', "verbose", &O::verbose},
    {0, "dereference", +[](O& o) { o.dereference = 1; }},
    {'h', "no-dereference", +[](O& o) { o.dereference = 0; }},
    {0, "no-preserve-root", +[](O& o) { o.preserve_root = false; }},
    {0, "preserve-root", &O::preserve_root},
    {'R', "recursive", &O::recursive},
    {0, "reference", &O::reference},
    {'H', "", +[](O& o) { o.walk = 'H'; }},
    {'L', "", +[](O& o) { o.walk = 'L'; }},
    {'P', "", +[](O& o) { o.walk = 'P'; }},
    {0, "from", &O::from},
};

class Chown {
 public:
  Chown(Process& p, const O& o, Accounts& accounts, Owner want, Owner from, bool group_only)
      : p_(p), o_(o), accounts_(accounts), want_(want), from_(from), group_only_(group_only), out_(p) {}

  void change(const std::string& file, bool top) {
    bool follow = o_.recursive ? o_.walk == 'L' || (o_.walk == 'H' && top) : o_.dereference != 0;
    auto st = follow ? p_.stat(file) : p_.lstat(file);
    if (!st) return fail(st.error(), follow && p_.lstat(file) ? "cannot dereference" : "cannot access", file);
    if (o_.recursive && o_.preserve_root && file == "/") {
      p_.warn("it is dangerous to operate recursively on '/'");
      p_.warn("use --no-preserve-root to override this failsafe");
      status_ = 1;
      return;
    }
    // A link back to a directory that is being done is not gone into.
    const std::pair<uint64_t, uint64_t> self{st->dev, st->ino};
    if (o_.recursive && st->is_dir() && std::find(above_.begin(), above_.end(), self) == above_.end()) {
      auto entries = p_.list(file);
      if (!entries) return fail(entries.error(), "cannot read directory", file);
      above_.push_back(self);
      for (const auto& e : *entries) deep_call([&] { change(join_path(file, e.name), false); });
      above_.pop_back();
    }
    // A link met on the way is not walked through, but what it names changes unless -h.
    bool through = follow || (st->is_symlink() && o_.recursive && o_.dereference != 0);
    if (!follow && through) {
      st = p_.stat(file);
      if (!st) return fail(st.error(), "cannot dereference", file);
    }
    set(file, *st, through);
  }
  int finish() { return out_.finish(status_); }

 private:
  void fail(Errno e, const char* what, const std::string& file) {
    status_ = 1;
    if (o_.quiet) return;
    out_.flush();
    p_.warn(e, "%s %s", what, quote_file(p_, file).c_str());
  }

  void set(const std::string& file, const Stat& st, bool follow) {
    bool wanted = (!from_.uid || *from_.uid == st.uid) && (!from_.gid || *from_.gid == st.gid);
    uint32_t uid = want_.uid.value_or(st.uid), gid = want_.gid.value_or(st.gid);
    Result<void> done;
    if (wanted) done = p_.chown(file, want_.uid ? uid : UINT32_MAX, want_.gid ? gid : UINT32_MAX, follow ? Follow::Yes : Follow::No);
    bool changed = wanted && done && (uid != st.uid || gid != st.gid);
    if (o_.verbose || (o_.changes && changed)) report(file, st, uid, gid, wanted && !done, changed);
    if (wanted && !done) fail(done.error(), want_.uid ? "changing ownership of" : "changing group of", file);
  }

  std::string shown(uint32_t uid, uint32_t gid) {
    if (want_.uid && want_.gid) return accounts_.user_name(uid) + ":" + accounts_.group_name(gid);
    return want_.uid ? accounts_.user_name(uid) : accounts_.group_name(gid);
  }

  void report(const std::string& file, const Stat& st, uint32_t uid, uint32_t gid, bool failed, bool changed) {
    const char* what = want_.uid ? "ownership" : "group";
    std::string name = quote_file(p_, file), old = shown(st.uid, st.gid), now = shown(uid, gid);
    if (failed) out_.format("failed to change %s of %s from %s to %s\n", what, name.c_str(), old.c_str(), now.c_str());
    else if (changed) out_.format("changed %s of %s from %s to %s\n", what, name.c_str(), old.c_str(), now.c_str());
    else if (!want_.uid && !want_.gid) out_.format("%s of %s retained\n", group_only_ ? "group" : "ownership", name.c_str());
    else out_.format("%s of %s retained as %s\n", what, name.c_str(), old.c_str());
  }

  Process& p_;
  const O& o_;
  Accounts& accounts_;
  Owner want_, from_;
  std::vector<std::pair<uint64_t, uint64_t>> above_;   // device and inode of the directories it is in
  bool group_only_;
  Output out_;
  int status_ = 0;
};

// A group's name or number; "" leaves it.
bool parse_group(Process& p, Accounts& accounts, const std::string& text, Owner& out) {
  if (text.empty()) return true;
  if (const Group* g = accounts.group(text)) {
    out.gid = g->gid;
    return true;
  }
  auto n = parse_int(text);
  if (n && *n >= 0 && *n < UINT32_MAX) {
    out.gid = static_cast<uint32_t>(*n);
    return true;
  }
  p.warn("invalid group: %s", quote(p, text).c_str());
  return false;
}

bool parse_spec(Process& p, Accounts& accounts, const std::string& text, Owner& out) {
  std::string error = parse_owner(accounts, text, &out);
  if (error.empty()) return true;
  p.warn("%s: %s", error.c_str(), quote(p, text).c_str());
  return false;
}

int chown_main(Process& p) {
  bool group_only = p.name() == "chgrp";
  O o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (o.recursive && o.walk == 'P' && o.dereference == 1) {
    p.warn("-R --dereference requires either -H or -L");
    return 1;
  }
  size_t need = o.reference ? 1 : 2;
  if (files.size() < need) return files.empty() ? missing_operand(p) : missing_operand_after(p, files[0]);
  Accounts accounts(p);
  Owner want, from;
  if (o.reference) {
    auto st = p.stat(*o.reference);
    if (!st) {
      p.warn(st.error(), "failed to get attributes of %s", quote_file(p, *o.reference).c_str());
      return 1;
    }
    if (!group_only) want.uid = st->uid;
    want.gid = st->gid;
  } else {
    if (group_only ? !parse_group(p, accounts, files[0], want) : !parse_spec(p, accounts, files[0], want)) return 1;
    files.erase(files.begin());
  }
  if (o.from && !parse_spec(p, accounts, *o.from, from)) return 1;
  Chown run(p, o, accounts, want, from, group_only);
  for (const auto& f : files) run.change(f, true);
  return run.finish();
}

}  // namespace

Command chown_command() { return {{"chown", "chgrp"}, kUsage, chown_main}; }

}  // namespace nacre
