;; 280 bytes of code, made from 21 bytes
(func $at_0100 (;4;) (type 0) (param $wst i32) (param $rst i32) (param $fuel i32) (result i64)
  (local $free i32) (local $result i64) (local i32 i32 i32 i32)
  local.get $wst
  i32.const 8
  i32.shl
  local.get $rst
  i32.or
  local.set $free
  local.get $fuel
  i32.const 281
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
    i32.const 281
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
    i32.const 8
    local.set 5
    loop ;; label = @2
      local.get $fuel
      i32.const 283
      i32.le_s
      if ;; label = @3
        local.get $wst
        local.get 5
        i32.store8 offset=197120
        local.get $fuel
        i64.extend_i32_u
        i64.const 32
        i64.shl
        local.get $free
        i32.const 16908032
        i32.add
        i64.extend_i32_u
        i64.or
        return
      end
      local.get 5
      i32.const 1
      i32.sub
      i32.const 255
      i32.and
      local.set 6
      local.get 6
      if ;; label = @3
        local.get $fuel
        i32.const -8
        i32.add
        local.set $fuel
        local.get $wst
        local.get 6
        i32.store8 offset=197119
        local.get 6
        local.set 5
        br 1 (;@2;)
      else
        i32.const 0
        i32.load8_u offset=65552
        local.set 7
        local.get 7
        i32.const 1
        i32.add
        i32.const 255
        i32.and
        local.set 8
        i32.const 0
        local.get 8
        i32.store8 offset=65552
        local.get 8
        if ;; label = @4
          local.get $fuel
          i32.const -22
          i32.add
          local.set $fuel
          local.get $wst
          local.get 8
          i32.store8 offset=197120
          local.get $wst
          local.get 8
          i32.store8 offset=197119
          local.get $wst
          i32.const 16
          i32.store8 offset=197118
          br 3 (;@1;)
        else
          local.get $wst
          local.get 8
          i32.store8 offset=197120
          local.get $wst
          local.get 8
          i32.store8 offset=197119
          local.get $wst
          i32.const 16
          i32.store8 offset=197118
          local.get $fuel
          i64.extend_i32_u
          i64.const 32
          i64.shl
          local.get $free
          i32.const 18153472
          i32.add
          i64.extend_i32_u
          i64.or
          return
        end
      end
    end
  end
  unreachable
)
