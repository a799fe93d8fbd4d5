/// copy_target: what CopyTree does about a destination that exists.
#include <algorithm>

#include "commands/cp/copy_tree.h"
#include "commands/cp/overwrite.h"
#include "commands/cp/same_file.h"
#include "commands/paths.h"

namespace nacre {

// The same operand twice is told of once, and not copied again.
bool CopyTree::repeated_source(const Item& item) {
  if (!item.top()) return false;
  auto& names = sources_[item.id()];
  bool again = std::ranges::any_of(names, [&](const std::string& name) { return same_entry(p_, name, item.from); });
  names.push_back(item.from);
  if (!again || item.st.is_dir() || o_.backs_up()) return false;
  report_.error("warning: source file " + report_.name(item.from) + " specified more than once");
  return true;
}

CopyTree::Next CopyTree::look_at_target(Item& item) {
  if (item.fresh) return Next::Go;
  // Contents may be written through a link; whatever else replaces what is there replaces the link.
  bool as_data = item.st.is_regular() || (o_.as_regular && !item.st.is_dir() && !item.st.is_symlink());
  bool itself = !as_data || o_.symbolic_link || o_.hard_link || o_.backs_up() || o_.remove_destination;
  auto old = itself ? p_.lstat(item.to) : p_.stat(item.to);
  if (!old) {
    item.fresh = old.error() == Errno::NOENT;
    if (!item.fresh) report_.error(old.error(), "cannot stat " + report_.name(item.to));
    return item.fresh ? Next::Go : Next::Fail;
  }
  item.old = *old;
  Onto onto = onto_existing(p_, o_, {item.from, item.st, item.to, item.old, follow(item), false});
  bool dir = item.st.is_dir();
  if (onto == Onto::SameFile && (dir || !o_.no_clobber)) {
    report_.error(report_.name(item.from) + " and " + report_.name(item.to) + " are the same file");
    return Next::Fail;
  }
  if (o_.update && !dir && item.old.mtime >= item.st.mtime) {
    auto [known, first] = copied_.try_emplace(item.id(), item.to);
    return first || hard_link(known->second, item.to, true, o_.verbose, follow(item) == CopyOptions::Links::Always) ? Next::Done : Next::Fail;
  }
  if (!dir && (o_.no_clobber || (o_.interactive && !overwrite_ok(item)))) return Next::Done;
  return onto == Onto::Done ? Next::Done : clear_target(item);
}

bool CopyTree::overwrite_ok(const Item& item) {
  bool writable = item.old.is_symlink() || p_.access(item.to, kWrite);
  return ask_overwrite(p_, report_.name(item.to), item.old, o_.remove_destination || o_.force, writable);
}

// Refuses, moves aside or removes what is there.
CopyTree::Next CopyTree::clear_target(Item& item) {
  std::string from = report_.name(item.from), to = report_.name(item.to);
  auto fail = [&](const std::string& text) {
    report_.error(text);
    return Next::Fail;
  };
  bool dir = item.old.is_dir();
  if (!dir) {
    if (item.st.is_dir()) return fail("cannot overwrite non-directory " + to + " with directory " + from);
    auto made = made_.find({item.old.dev, item.old.ino});
    if (o_.backup.kind != BackupOptions::Numbered && made != made_.end() && std::ranges::count(made->second, item.to))
      return fail("will not overwrite just-created " + to + " with " + from);
  } else if (!item.st.is_dir()) {
    return fail("cannot overwrite directory " + to + " with non-directory");
  }
  if (dir) return Next::Go;
  if (o_.backs_up() && !is_dot_or_dotdot(base_name(item.from))) {
    if (would_destroy(p_, o_.backup, item.from, item.st, item.to)) return fail("backing up " + to + " might destroy source;  " + from + " not copied");
    auto name = make_backup(p_, o_.backup, item.to);
    if (!name) return Next::Fail;
    item.backup = *name;
    item.fresh = true;
    return Next::Go;
  }
  bool replaces = !o_.attributes_only && ((o_.preserve_links && item.old.nlink > 1) || (follow(item) == CopyOptions::Links::Never && !item.st.is_regular()));
  if (!o_.remove_destination && !replaces) return Next::Go;
  if (auto gone = p_.unlink(item.to); !gone && gone.error() != Errno::NOENT) {
    report_.error(gone.error(), "cannot remove " + to);
    return Next::Fail;
  }
  item.fresh = true;
  if (o_.verbose) report_.line("removed " + to);
  return Next::Go;
}

// A link that an earlier operand became leads where this operand's data must not go.
bool CopyTree::just_made_link(const Item& item) {
  if (!item.top() || o_.backs_up() || made_.empty()) return false;
  auto at = p_.lstat(item.to);
  if (!at || !at->is_symlink()) return false;
  auto made = made_.find({at->dev, at->ino});
  if (made == made_.end() || !std::ranges::count(made->second, item.to)) return false;
  report_.error("will not copy " + report_.name(item.from) + " through just-created symlink " + report_.name(item.to));
  return true;
}

}  // namespace nacre
