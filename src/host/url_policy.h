/// url_policy: is a request allowed? Pure decisions about parts of URLs and about
/// addresses; who connects asks here. See nacre/network.h for the rules.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "nacre/network.h"

namespace nacre {

struct UrlParts {
  std::string scheme;    ///< lower case
  std::string host;      ///< lower case; IPv6 with its brackets
  int port = 0;
  std::string path;      ///< begins with '/'; without query
  bool user = false;     ///< there is a user or password
};

/// A prefix of allow_urls. False and *error when it is none.
bool parse_prefix(std::string_view text, UrlParts* out, std::string* error);
/// True when the URL lies below the prefix. A path that a server could read in another way (encoded dots
/// or slashes, backslashes) lies below none but a prefix without a path.
bool is_below(const UrlParts& url, const UrlParts& prefix);
/// False for private, loopback, link-local, multicast, reserved and unspecified addresses, and for IPv6
/// addresses that contain such an IPv4 address. 4 or 16 bytes in network order.
bool is_public(std::span<const unsigned char> address);
/// "" if the policy can be used, else what is wrong with it.
std::string check_policy(const NetworkPolicy& policy);

}  // namespace nacre
