/// glob_path: patterns of paths, whose `*` and `?` stop at a slash while `**` does not (unzip -W, zip -ws, .gitignore).
#pragma once
#include <cstdint>
#include <string_view>

namespace nacre {

/// Whether the whole of `name` matches. `flags`: further ones of Glob.
bool glob_match_path(std::string_view pattern, std::string_view name, uint32_t flags);

}  // namespace nacre
