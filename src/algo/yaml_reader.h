/// yaml_reader: the events of a YAML stream, by libyaml, with the bytes each came from.
///
/// The text must outlive the reader and be at most 4 GiB; a byte-order mark is skipped. Nesting
/// is limited, and a run that has to end is noticed. Nothing throws.
/// Source: YAML 1.1 and 1.2; yaml.h.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace nacre {

constexpr size_t kYamlNesting = 1000;

struct YamlMark {
  size_t offset = 0;             ///< in bytes
  uint32_t line = 0, column = 0; ///< from 0, columns in characters
};

struct YamlEvent {
  enum class Type : uint8_t { StreamEnd, DocumentStart, DocumentEnd, Alias, Scalar, SequenceStart, SequenceEnd, MappingStart, MappingEnd };
  enum class Style : uint8_t { Plain, Single, Double, Literal, Folded, Flow };
  Type type = Type::StreamEnd;
  Style style = Style::Plain;    ///< of scalars; Flow for collections in brackets
  bool implicit = true;          ///< documents: without --- or ...
  std::string anchor, tag, value;
  YamlMark begin, end;
};

class YamlReader {
 public:
  explicit YamlReader(std::string_view text);
  ~YamlReader();
  YamlReader(const YamlReader&) = delete;
  /// False after an error (or when the run has to end).
  bool next(YamlEvent& event);
  /// "line 3: mapping values are not allowed in this context".
  const std::string& error() const { return error_; }

 private:
  struct Impl;
  size_t byte_offset(size_t index);
  YamlMark mark(size_t index, size_t line, size_t column);
  void explain();

  std::string_view text_;
  bool ascii_ = true;
  size_t known_index_ = 0, known_offset_ = 0;   ///< a character and where it is: marks mostly grow
  size_t depth_ = 0, events_ = 0;
  std::string error_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nacre
