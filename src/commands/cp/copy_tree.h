/// copy_tree: copies of files and whole directories with their attributes: the
/// engine of cp and of mv between file systems.
/// Source: POSIX XCU cp; GNU coreutils 9.1 manual, "cp invocation"; checked against the tool.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "commands/cp/copy_options.h"

namespace nacre {

class CopyTree {
 public:
  CopyTree(Process& p, const CopyOptions& o, Output& out) : p_(p), o_(o), report_{p, out} {}
  /// False after a message. `to` is a full name, not a directory to copy into.
  bool copy(const std::string& from, const std::string& to);

 private:
  using FileId = std::pair<uint64_t, uint64_t>;   ///< device, inode
  /// One file on its way.
  struct Item {
    std::string from, to;
    const Stat* parent;           ///< of the source's directory; null for an operand
    bool fresh;                   ///< nothing is at `to`
    bool below_made;              ///< a directory above was made for this operand
    Stat st = {}, old = {};
    std::string backup = {};
    bool top() const { return !parent; }
    FileId id() const { return {st.dev, st.ino}; }
  };
  enum class Next : uint8_t { Go, Done, Fail };
  enum class Made : uint8_t { Nothing, Partly, All };

  bool copy_one(Item item);
  CopyOptions::Links follow(const Item& item) const;
  bool repeated_source(const Item& item);
  Next look_at_target(Item& item);
  Next clear_target(Item& item);
  bool overwrite_ok(const Item& item);
  bool just_made_link(const Item& item);
  /// Where a directory entry of the same file was copied to before, as far as that matters; null: nowhere.
  const std::string* earlier_copy(const Item& item);
  Made beside_earlier(const Item& item, const std::string& earlier, bool& over);
  Made make(Item& item);
  Made make_directory(Item& item);
  bool copy_entries(const Item& item, bool made);
  Made make_regular(Item& item);
  Made make_special(const Item& item);
  Made make_symlink(const Item& item, const std::string& target, const std::string& message);
  bool hard_link(const std::string& from, const std::string& to, bool replace, bool verbose, bool follow);
  /// Times, owner and permissions of the source, as far as asked for.
  bool set_attributes(const Item& item);
  void undo(const Item& item);

  Process& p_;
  const CopyOptions& o_;
  CopyReport report_;
  std::map<FileId, std::string> copied_;                       ///< where files came to be, for links among them
  std::map<FileId, std::vector<std::string>> sources_, made_;  ///< operands, and what they became
  std::vector<FileId> above_;                                  ///< source directories being copied
  const Item* operand_ = nullptr;
  bool into_itself_ = false;
};

}  // namespace nacre
