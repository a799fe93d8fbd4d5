/// incremental: what --listed-incremental and --incremental add to a creation: the snapshot of the last dump,
/// what has changed since, and the lists of names ("dumpdirs") that directories are stored with.
/// A dumpdir is a sequence of a letter, a name and a NUL, with one more NUL at its end. Y: a file that is in the
/// archive, N: one that is not, D: a directory; X, R, T: renames (a temporary name is made in X; R from, T to).
/// Source: GNU tar 1.34 manual 5.2 "Using tar to Perform Incremental Dumps", "Format of the Incremental Snapshot
/// Files", "Dumpdir". Of the snapshot's formats, 2 is read and written; 0 and 1, without a directory, are read.
#pragma once
#include <deque>
#include <map>
#include <set>

#include "commands/tar/ignore_lists.h"
#include "commands/tar/tar.h"

namespace nacre {

/// Walks the entries of a dumpdir: letter and name. Stops at its end, or when see() returns false.
template <class See>
void each_dumpdir_entry(std::string_view dumpdir, See&& see) {
  while (!dumpdir.empty() && dumpdir[0] != '\0') {
    const std::string_view entry = dumpdir.substr(0, dumpdir.find('\0'));
    if (!see(entry[0], entry.substr(1))) return;
    dumpdir.remove_prefix(std::min(entry.size() + 1, dumpdir.size()));
  }
}

class TarIncremental {
 public:
  explicit TarIncremental(Tar& tar);

  /// Opens and reads the snapshot file. Ends the run when it is malformed.
  void read();
  /// Gathers a name from the command line, and all directories below it.
  void collect(const TarName& name);
  /// Puts what was renamed into the list of the first directory.
  void store_renames();
  /// Writes what was found to the snapshot file.
  void write();

  /// What was gathered, in the order it is dumped in; a list of names for those that are directories.
  struct Gathered {
    std::optional<std::string> dumpdir;
    size_t excludes = 0;
  };
  const std::map<std::string, Gathered>& gathered() const { return gathered_; }
  /// Neither its content nor its status changed since the last dump.
  bool unchanged(const Stat& st) const { return st.mtime < since_ && st.ctime < since_; }
  /// The names in a directory now, as a first dump would store them. Tells what is new (-d).
  std::string contents(const std::string& path, const Stat& st);

 private:
  enum class Children : uint8_t { All, Changed, None, Skipped };   ///< Skipped: not even looked at
  /// A directory of the last dump.
  struct Old {
    std::string name, shown, current;   ///< then; after what was found to be renamed; while renames are put in order
    uint64_t dev = 0, ino = 0;
    std::string dumpdir;
  };
  /// A directory of this one.
  struct Found {
    Stat st;
    Children children = Children::Changed;
    const Old* before = nullptr;   ///< whose list to compare with
    std::string only;              ///< the tag that alone is dumped
    std::string dumpdir;
  };
  struct Move {
    Old* old;
    std::string to;
    enum State : uint8_t { Waiting, Begun, Done } state = Waiting;
  };

  void parse(std::string_view text);
  std::string key(const std::string& path) const;
  Old* old_at(const std::string& path);
  Old* old_of(const Stat& st);
  Found* note(const std::string& path, const Stat& st, std::optional<Children> forced, bool top);
  void renamed(Old& old, const std::string& path);
  void scan(const std::string& path, Found& found, bool recurse, size_t excludes, bool gather);
  char letter_of(const std::string& path, const std::string& name, Found& found, bool recurse, size_t excludes, std::vector<std::string>& below);
  void store(Move& move, std::string& into);
  [[noreturn]] void fail(const std::string& text);

  Tar& tar_;
  Process& p_;
  const TarCreateOptions& o_;
  int fd_ = -1;
  Timespec start_, since_;
  uint64_t device_ = 0;
  std::deque<Old> old_;
  std::map<std::string, Old*> by_key_;
  std::map<std::pair<uint64_t, uint64_t>, Old*> by_inode_;
  std::map<std::string, Found> found_;
  std::vector<Move> moves_;
  std::map<std::string, Gathered> gathered_;
  TarIgnoreLists ignores_;
};

}  // namespace nacre
