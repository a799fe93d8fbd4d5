/// Extraction with --incremental: what a directory's list does not name is deleted, what it says was renamed is
/// renamed.
#include "commands/make_dirs.h"
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/remove_tree.h"
#include "commands/tar/incremental.h"
#include "commands/tar/purge.h"

namespace nacre {
namespace {

// Whether the renames of a list make sense, as GNU tar checks them.
bool is_sound(Tar& tar, std::string_view dumpdir) {
  bool temporary = false, sound = true;
  char expected = 0;
  const auto bad = [&](const std::string& what) {
    tar.error("Malformed dumpdir: " + what);
    return sound = false;
  };
  each_dumpdir_entry(dumpdir, [&](char letter, std::string_view name) {
    if (expected && letter != expected) {
      char octal[8];
      std::snprintf(octal, sizeof octal, "%#3o", static_cast<unsigned char>(letter));
      return bad(std::string("expected '") + expected + "' but found " + octal);
    }
    if (letter == 'X') {
      if (temporary) return bad("'X' duplicated");
      temporary = true;
    } else if (letter == 'R') {
      if (name.empty()) {
        if (!temporary) return bad("empty name in 'R'");
        temporary = false;
      }
      expected = 'T';
    } else if (letter == 'T') {
      if (expected != 'T') return bad("'T' not preceded by 'R'");
      if (name.empty() && !temporary) return bad("empty name in 'T'");
      expected = 0;
    }
    return true;
  });
  if (sound && expected) return bad(std::string("expected '") + expected + "' but found end of data");
  if (sound && temporary) tar.warn_about("bad-dumpdir", "Malformed dumpdir: 'X' never used");
  return sound;
}

std::optional<std::string> make_temporary(Tar& tar, const std::string& dir) {
  static constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  for (int tries = 0;; tries++) {
    std::string name = join_path(dir, "tar.");
    for (int i = 0; i < 6; i++) name += kLetters[tar.p.random() % kLetters.size()];
    auto done = tar.p.mkdir(name, 0700);
    if (done) return name;
    if (done.error() == Errno::EXIST && tries < 100) continue;
    tar.error(name, "mkdir", done.error());
    return std::nullopt;
  }
}

bool move(Tar& tar, const std::string& from, const std::string& to) {
  auto done = tar.p.rename(from, to);
  if (!done && done.error() == Errno::NOENT) {
    (void)make_parents(tar.p, to, [](const std::string&) {}, nullptr);
    done = tar.p.rename(from, to);
  }
  if (done) return true;
  tar.error("Cannot rename " + quote(tar.p, from) + " to " + quote(tar.p, to) + ": " + std::string(message(done.error())));
  return false;
}

bool rename_all(Tar& tar, std::string_view dumpdir) {
  std::string temporary, from;
  bool good = true;
  each_dumpdir_entry(dumpdir, [&](char letter, std::string_view text) {
    const std::string name(text);
    if (letter == 'X') {
      auto made = make_temporary(tar, tar.safe_name(name, false));
      good = made.has_value();
      if (made) temporary = *made;
    } else if (letter == 'R') {
      from = name.empty() ? temporary : tar.safe_name(name, false);
    } else if (letter == 'T') {
      good = move(tar, from, name.empty() ? temporary : tar.safe_name(name, false));
    }
    return good;
  });
  return good;
}

}  // namespace

void tar_purge(Tar& tar, const std::string& dir, std::string_view dumpdir) {
  Process& p = tar.p;
  if (!is_sound(tar, dumpdir)) return;
  auto here = p.lstat(dir);
  if (here && here->is_symlink() && tar.o.extract.keep_directory_symlink) here = p.stat(dir);
  // What the renames bring is not looked at. A link to elsewhere is going to be replaced, so it is not emptied.
  const bool there = here && here->is_dir();
  auto entries = there ? p.list(dir) : Result<std::vector<DirEntry>>(Errno::NOENT);
  if (!rename_all(tar, dumpdir) || !entries) return;
  std::map<std::string_view, char> listed;
  each_dumpdir_entry(dumpdir, [&](char letter, std::string_view name) {
    if (letter == 'Y' || letter == 'N' || letter == 'D') listed.emplace(name, letter);
    return true;
  });
  for (const auto& d : *entries) {
    p.tick(4);
    const std::string path = join_path(dir, d.name);
    auto st = p.lstat(path);
    if (!st) {
      if (st.error() != Errno::NOENT) tar.warn(tar.shown(path, true) + ": Not purging directory: unable to stat");
      continue;
    }
    const auto it = listed.find(d.name);
    if (it != listed.end() && !(it->second == 'D' && !st->is_dir()) && !(it->second == 'Y' && st->is_dir())) continue;
    if (tar.o.create.one_file_system && st->dev != here->dev) {
      tar.warn(tar.shown(path, true) + ": directory is on a different device: not purging");
      continue;
    }
    if (!tar.confirmed("delete", path)) continue;
    if (tar.o.verbose) tar.say(std::string(p.called()) + ": Deleting " + quote(p, path));
    if (st->is_dir()) {
      RemoveTree tree{p};
      if (!tree.remove(path, *st)) tar.status = 2;
    } else if (auto done = p.unlink(path); !done) {
      tar.error(path, "remove", done.error());
    }
  }
}

void tar_list_dumpdir(Tar& tar, std::string_view dumpdir) {
  std::string text;
  each_dumpdir_entry(dumpdir, [&](char letter, std::string_view name) {
    text += letter;
    if (std::string_view("YNDRTX").find(letter) != std::string_view::npos) text += ' ';
    (text += name) += '\n';
    return true;
  });
  tar.say(text);
}

bool tar_same_dumpdir(std::string_view a, std::string_view b) {
  std::vector<std::string> entries[2];
  for (int i = 0; i < 2; i++) {
    each_dumpdir_entry(i ? b : a, [&](char letter, std::string_view name) {
      entries[i].push_back((letter == 'Y' ? 'N' : letter) + std::string(name));
      return true;
    });
  }
  return entries[0] == entries[1];
}

}  // namespace nacre
