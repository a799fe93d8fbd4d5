#include "algo/magic_set.h"

#include <magic.h>

#include "base/library.h"

namespace nacre {
namespace {

magic_t handle(void* p) { return static_cast<magic_t>(p); }

}  // namespace

std::unique_ptr<MagicSet> MagicSet::open(uint32_t flags, std::string* error) {
  std::string_view data = library_data ? library_data("magic.mgc") : std::string_view();
  if (data.empty()) {
    *error = "this machine has no database of libmagic (magic.mgc)";
    return nullptr;
  }
  auto set = std::unique_ptr<MagicSet>(new MagicSet);
  set->handle_ = magic_open(MAGIC_NONE);
  void* buffers[] = {const_cast<char*>(data.data())};
  size_t sizes[] = {data.size()};
  if (!set->handle_ || magic_load_buffers(handle(set->handle_), buffers, sizes, 1) != 0) {
    *error = "the database of libmagic (magic.mgc) cannot be used";
    return nullptr;
  }
  set->set_flags(flags);
  return set;
}

MagicSet::~MagicSet() {
  if (handle_) magic_close(handle(handle_));
}

void MagicSet::set_flags(uint32_t flags) {
  flags_ = flags;
  // Raw: what is not printable is the caller's business, who knows the locale of the sandbox.
  int all = MAGIC_RAW | MAGIC_NO_CHECK_COMPRESS | excluded_;
  if (flags & kMagicContinue) all |= MAGIC_CONTINUE;
  if (flags & kMagicMimeType) all |= MAGIC_MIME_TYPE;
  if (flags & kMagicMimeEncoding) all |= MAGIC_MIME_ENCODING;
  if (flags & kMagicApple) all |= MAGIC_APPLE;
  if (flags & kMagicExtension) all |= MAGIC_EXTENSION;
  (void)magic_setflags(handle(handle_), all);
}

bool MagicSet::exclude(std::string_view test) {
  struct Test {
    std::string_view name;
    int flag;
  };
  static constexpr Test kTests[] = {{"apptype", MAGIC_NO_CHECK_APPTYPE},   {"ascii", MAGIC_NO_CHECK_TEXT}, {"cdf", MAGIC_NO_CHECK_CDF},
                                    {"compress", MAGIC_NO_CHECK_COMPRESS}, {"csv", MAGIC_NO_CHECK_CSV},    {"elf", MAGIC_NO_CHECK_ELF},
                                    {"encoding", MAGIC_NO_CHECK_ENCODING}, {"soft", MAGIC_NO_CHECK_SOFT},  {"tar", MAGIC_NO_CHECK_TAR},
                                    {"json", MAGIC_NO_CHECK_JSON},         {"text", MAGIC_NO_CHECK_TEXT},  {"tokens", MAGIC_NO_CHECK_TOKENS}};
  for (const auto& t : kTests) {
    if (t.name != test) continue;
    excluded_ |= t.flag;
    set_flags(flags_);
    return true;
  }
  return false;
}

bool MagicSet::set_parameter(std::string_view name, size_t value) {
  struct Parameter {
    std::string_view name;
    int number;
  };
  static constexpr Parameter kParameters[] = {{"bytes", MAGIC_PARAM_BYTES_MAX},         {"elf_notes", MAGIC_PARAM_ELF_NOTES_MAX},
                                              {"elf_phnum", MAGIC_PARAM_ELF_PHNUM_MAX}, {"elf_shnum", MAGIC_PARAM_ELF_SHNUM_MAX},
                                              {"encoding", MAGIC_PARAM_ENCODING_MAX},   {"indir", MAGIC_PARAM_INDIR_MAX},
                                              {"name", MAGIC_PARAM_NAME_MAX},           {"regex", MAGIC_PARAM_REGEX_MAX}};
  for (const auto& p : kParameters)
    if (p.name == name) return magic_setparam(handle(handle_), p.number, &value) == 0;
  return false;
}

bool MagicSet::describe(std::string_view bytes, int mode, std::string* out) {
  struct Call {
    magic_t set;
    const char* text = nullptr;
  } call{handle(handle_)};
  bool done = mode >= 0 && memory_file &&
              memory_file(
                  bytes, static_cast<unsigned>(mode),
                  [](int fd, void* arg) {
                    auto* c = static_cast<Call*>(arg);
                    c->text = magic_descriptor(c->set, fd);
                  },
                  &call);
  if (!done) call.text = magic_buffer(call.set, bytes.data(), bytes.size());
  if (call.text) {
    *out = call.text;
    return true;
  }
  const char* why = magic_error(call.set);
  *out = why ? why : "(null)";
  return false;
}

}  // namespace nacre
