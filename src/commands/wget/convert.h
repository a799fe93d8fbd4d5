/// convert: links of pages that were fetched are made to lead to the files that were fetched with them (-k).
/// Source: wget(1) 1.21, --convert-links.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "commands/wget/page_links.h"

namespace nacre {

struct ConvertStyle {
  bool only_file = false;   ///< only the last part of a link to what was fetched is changed (--convert-file-only)
  bool adjusted = false;    ///< names end in what they are (-E), so that a question mark in them is no query
};

/// The page with its links changed; nullopt: there are none to change. `file`: its own name; `files`: which file each URL is in. A link to what was
/// fetched becomes relative; another that was relative becomes absolute.
std::optional<std::string> converted_page(std::string_view page, const PageLinks& links, const std::string& file,
                                          const std::map<std::string, std::string>& files, ConvertStyle style);

}  // namespace nacre
