/// options: what a command line of curl asks for.
/// Source: curl(1) 7.88.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "kernel/process.h"

namespace nacre::curl {

struct Options {
  std::vector<std::string> urls;
  std::vector<std::string> outputs;       ///< -o and -O ("" = -O), in order
  std::string method;                     ///< -X
  std::vector<std::string> headers;       ///< -H
  std::vector<std::string> cookie_files;  ///< -b without a "="; "" only turns cookies on
  std::string data, user, agent = "curl/7.88.1", referer, cookie, cookie_jar, dump_header, write_out, range, upload, output_dir;
  bool have_data = false, have_agent = true, json = false, get = false, head = false, include = false, location = false, silent = false, show_error = false;
  bool fail = false, fail_with_body = false, compressed = false, insecure = false, verbose = false, create_dirs = false, have_upload = false, post_kept[3] = {};
  bool remote_name_all = false, glob_off = false, junk_sessions = false;
  struct Form {
    std::string name, value, file, type, filename;
    bool from_file = false, has_filename = false;
  };
  std::vector<Form> forms;
  uint64_t max_time_ms = 0, connect_timeout_ms = 0, retry_delay_s = 0, retry_max_s = 0;
  uint64_t resume = 0;                    ///< -C: from this byte on
  bool resume_rest = false;               ///< -C -: from where the file ends
  bool remote_header_name = false, remote_time = false, clobber = true, remove_on_error = false, form_escape = false, fail_early = false, no_username = false;
  std::string time_condition;             ///< -z
  uint64_t max_size = 0;                  ///< 0: any
  std::string bearer, url_query, netrc_file, etag_save, etag_compare, proto_default, stderr_file;
  bool netrc = false;
  std::optional<std::vector<std::string>> protocols, redirect_protocols;   ///< --proto, --proto-redir; unset: all there are
  int http_version = 0, least_tls = 0;
  long retries = 0, max_redirects = 50;
  bool retry_all = false, retry_refused = false, location_trusted = false;
};

/// One for each part between --next. A status: the command is over.
std::optional<int> read_options(Process& p, std::vector<Options>& all);

/// One line of a file of -K: an option as it is on a command line, and its value.
struct ConfigLine {
  std::string option;
  std::optional<std::string> value;
};
std::optional<ConfigLine> read_config_line(std::string_view line);
/// User and password for a host, "user:password"; nullopt if there are none. Source: curl(1), -n; ftp(1), ".netrc".
std::optional<std::string> netrc_login(std::string_view text, std::string_view host);

}  // namespace nacre::curl
