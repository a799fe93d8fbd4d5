/// purge: what --incremental does with the list of names that a directory was stored with (see incremental.h).
#pragma once
#include "commands/tar/tar.h"

namespace nacre {

/// Renames what the list says was renamed, then deletes from `dir` what it does not name. A list that makes no sense
/// is told about, and nothing is done.
void tar_purge(Tar& tar, const std::string& dir, std::string_view dumpdir);
/// The list as -tvv shows it, an empty line after it.
void tar_list_dumpdir(Tar& tar, std::string_view dumpdir);
/// Whether two lists name the same, whichever files were dumped.
bool tar_same_dumpdir(std::string_view a, std::string_view b);

}  // namespace nacre
