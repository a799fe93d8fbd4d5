/// Entry: a file that ls lists, with what had to be found out about it.
#pragma once
#include <string>

#include "vfs/types.h"

namespace nacre::ls {

struct Entry {
  std::string name, path;
  Stat st;              ///< if !known, only the type
  bool known = false;   ///< stat() has answered
  bool listed = false;  ///< a directory of the command line, to be listed rather than named
  bool failed = false;  ///< stat() was needed and failed
  std::string target;   ///< of a symbolic link, where it is shown or has a color
  bool target_known = false;
  Stat target_st;
  std::string absolute;   ///< for --hyperlink
  bool quoted = false;    ///< looks different when quoted
  size_t width = 0;       ///< columns, with the space that aligns quotes

  bool is_dir() const { return st.is_dir(); }
  bool leads_to_dir() const { return st.is_dir() || (target_known && target_st.is_dir()); }
};

}  // namespace nacre::ls
