;; 201 bytes of code, made from 9 bytes
(func $at_0100 (;4;) (type 0) (param $wst i32) (param $rst i32) (param $fuel i32) (result i64)
  (local $free i32) (local $result i64) (local i32 i32)
  local.get $wst
  i32.const 8
  i32.shl
  local.get $rst
  i32.or
  local.set $free
  local.get $fuel
  i32.const 268
  i32.le_s
  local.get $wst
  i32.const 3
  i32.sub
  i32.const 252
  i32.gt_u
  i32.or
  if ;; label = @1
    local.get $fuel
    i64.extend_i32_u
    i64.const 32
    i64.shl
    local.get $free
    i32.const 16777216
    i32.add
    i64.extend_i32_u
    i64.or
    return
  end
  loop ;; label = @1
    local.get $fuel
    i32.const 268
    i32.le_s
    if ;; label = @2
      local.get $fuel
      i64.extend_i32_u
      i64.const 32
      i64.shl
      local.get $free
      i32.const 16777216
      i32.add
      i64.extend_i32_u
      i64.or
      return
    end
    i32.const 0
    i32.load8_u offset=65793
    local.set 5
    local.get 5
    i32.const 1
    i32.add
    i32.const 255
    i32.and
    local.set 6
    i32.const 0
    local.get 6
    i32.store8 offset=65793
    local.get 6
    if ;; label = @2
      local.get $fuel
      i32.const -11
      i32.add
      local.set $fuel
      local.get $wst
      local.get 6
      i32.store8 offset=197120
      local.get $wst
      local.get 6
      i32.store8 offset=197119
      local.get $wst
      i32.const 250
      i32.store8 offset=197118
      br 1 (;@1;)
    else
      local.get $wst
      local.get 6
      i32.store8 offset=197120
      local.get $wst
      local.get 6
      i32.store8 offset=197119
      local.get $wst
      i32.const 250
      i32.store8 offset=197118
      local.get $fuel
      i64.extend_i32_u
      i64.const 32
      i64.shl
      local.get $free
      i32.const 17432576
      i32.add
      i64.extend_i32_u
      i64.or
      return
    end
  end
  unreachable
)
