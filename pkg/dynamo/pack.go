package dynamo

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

// pack compresses a document for an item, which holds 400 KB at most
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html).
func pack(document []byte) []byte {
	var packed bytes.Buffer
	packer := gzip.NewWriter(&packed)
	_, _ = packer.Write(document) // A buffer takes everything.
	_ = packer.Close()
	return packed.Bytes()
}

// unpack is the document that pack compressed.
func unpack(packed []byte) ([]byte, error) {
	unpacker, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	document, err := io.ReadAll(unpacker)
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	return document, nil
}
