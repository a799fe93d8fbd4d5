/// posix_http: HttpClient over libcurl, which is loaded at the first request.
/// Source: libcurl 7.88, curl_multi_socket_action(3).
#pragma once
#include <memory>

#include "base/http.h"
#include "nacre/network.h"

namespace nacre {

std::shared_ptr<HttpClient> make_http_client(const NetworkPolicy& policy);

}  // namespace nacre
