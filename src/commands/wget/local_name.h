/// local_name: which file what comes from a URL is written to.
/// Source: wget(1) 1.21, "Directory Options", --restrict-file-names, --adjust-extension.
#pragma once
#include <string>
#include <string_view>

#include "commands/wget/options.h"

namespace nacre {

struct UrlPlace {
  std::string scheme, host;   ///< host: in lower case
  std::string port;           ///< "" if it is the scheme's own
  std::string dir, file;      ///< of the path, without the slash before and after dir; as they are written
  std::string query;          ///< with its '?'
};
UrlPlace place_of_url(std::string_view url);

/// The name for a URL, below -P. It leads out of nowhere: "..", once decoded, is written %2E%2E.
std::string wget_local_name(const WgetOptions& o, std::string_view url);
/// With the ending that its kind has, for -E.
std::string with_extension(std::string name, std::string_view ending);
/// A URL as it is sent: blanks and what else may not stand in one by their numbers.
std::string url_encoded(std::string_view s);
/// What %41 stands for.
std::string url_decoded(std::string_view s);

}  // namespace nacre
