/// same_file: whether a copy or a move of one file onto another would lose the data of both,
/// as it does where two names, or a link and its target, are one file.
/// Source: GNU coreutils 9.1 manual, "cp invocation", "mv invocation"; checked against the tools.
#pragma once
#include <string>

#include "commands/cp/copy_options.h"

namespace nacre {

inline bool same_inode(const Stat& a, const Stat& b) { return a.dev == b.dev && a.ino == b.ino; }
/// True when both names are one directory entry: the same last component in the same directory.
bool same_entry(Process& p, const std::string& a, const std::string& b);

enum class Onto : uint8_t { Fine, Done, SameFile };
struct OntoQuery {
  const std::string& from;
  const Stat& st;
  const std::string& to;
  const Stat& old;
  CopyOptions::Links follow;   ///< what counts for this file
  bool move;
};
/// Done: the files are one already, and that is what was asked for. SameFile: an error.
Onto onto_existing(Process& p, const CopyOptions& o, const OntoQuery& q);

}  // namespace nacre
